// Keeps the folder articles/ current: one file per article, replaced by its revisions, without text once withdrawn.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createClient } from 'redis'

const { CLEANWIRE_SUBSCRIBER_URL: url, CLEANWIRE_SUBSCRIBER_GROUP: group, CLEANWIRE_SUBSCRIBER_TOPIC: topic } = process.env
const stream = 'articles.cleaned', me = 'desk-1' // the same consumer name at every start: it gets its own entries back

function keep({ type, subject, data }) {
  const article = JSON.parse(data), file = `articles/${subject}.json`
  const state = 2 * article.revision + (type.endsWith('.withdrawn.v1') ? 1 : 0)
  if (existsSync(file)) {
    if (state <= JSON.parse(readFileSync(file)).state) return // a repeat, or an older state
  } else if (topic && !article.topics?.some((match) => match.topic === topic)) return
  mkdirSync('articles', { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify({ state, ...article }))
  renameSync(`${file}.new`, file) // whole or not at all, and before the acknowledgement
  console.log(type, article.url)
}

const client = createClient({ url })
client.on('error', (error) => console.error(error.message)) // it reconnects by itself
await client.connect()
for (let start = '0'; ;) { // first what an earlier run left unacknowledged, then what is new
  const reply = await client.xReadGroup(group, me, { key: stream, id: start }, { COUNT: 100, BLOCK: 5000 })
  const entries = reply?.[0]?.messages ?? []
  for (const { id, message } of entries) {
    if (message?.type?.startsWith('cleanwire.article.')) keep(message) // a type of the future is skipped
    await client.xAck(stream, group, id)
  }
  if (!entries.length) start = '>'
}
