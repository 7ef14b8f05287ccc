// Loaded before a program that a test starts: it ends with the process that started it, however that one ends.
process.stdin.once('close', () => process.kill(process.pid, 'SIGKILL')).resume()
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref()
