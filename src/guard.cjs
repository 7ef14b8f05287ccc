// Runs on any Node from 18 on, so plain CommonJS: says what happened when `npm run` did not find the pinned Node.
const { dependencies } = require('../package.json')

const wanted = Number.parseInt(dependencies.node, 10)
const found = Number.parseInt(process.versions.node, 10)

if (found < wanted) {
  process.stderr.write(
    [
      `Afterword runs on Node ${wanted}, which it installs for itself, but this is Node ${process.versions.node} (${process.execPath}).`,
      'Either the packages are not installed yet, or npm did not run the install script of the package `node`',
      '(`--ignore-scripts`, or a policy that blocks install scripts), or this was not started by `npm run`.',
      '',
      'What to do:  npm ci --no-ignore-scripts',
      'and then:    npm start | npm run demo | npm test',
      '',
    ].join('\n'),
  )
  process.exit(1)
}
