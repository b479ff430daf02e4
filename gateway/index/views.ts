import { type Kysely, sql } from 'kysely'
import type { IndexTables } from './tables.ts'

/** Makes the views that say what is true now: the rows that no later event superseded. */
export async function createViews(index: Kysely<IndexTables>): Promise<void> {
  await sql`CREATE VIEW jobs AS
    SELECT c.job, s.id, s.request, c.customer, c.kind, c.status, c.attempt, c.provider, c.since, c.budget, c.rate,
      c.cancel_requested, c.details, c.place, cb.time AS changed_at, ct.hash AS change_transaction,
      sb.time AS submitted_at, st.hash AS submit_transaction
    FROM job_changes c
    JOIN submissions s ON s.place = c.job
    JOIN blocks cb ON cb.number = c.block
    JOIN blocks sb ON sb.number = s.block
    JOIN transactions ct ON ct.place = c.transaction_place
    JOIN job_changes f ON f.place = c.job
    JOIN transactions st ON st.place = f.transaction_place
    WHERE c.next_block IS NULL AND s.request IS NOT NULL`.execute(index)
  await sql`CREATE VIEW transitions AS
    SELECT c.place, c.job, s.id, c.customer, c.kind, c.from_status, c.status, c.attempt, c.party, c.since, c.rate, c.details,
      b.time AS at, t.hash AS transaction_hash
    FROM job_changes c
    JOIN submissions s ON s.place = c.job
    JOIN blocks b ON b.number = c.block
    JOIN transactions t ON t.place = c.transaction_place
    WHERE c.status <> c.from_status`.execute(index)
  await sql`CREATE VIEW providers AS
    SELECT s.provider, s.status, s.draining, s.stake, s.unbonding, s.unbonds_at, s.open_jobs, s.last_seen, s.registered_at,
      s.ended, s.refused, s.lost, s.late, s.record_at, w.fact AS owner, c.fact AS contact, p.fact AS profile, o.fact AS offer
    FROM provider_facts w
    JOIN provider_facts c ON c.provider = w.provider AND c.topic = 'contact' AND c.next_block IS NULL
    JOIN provider_facts p ON p.provider = w.provider AND p.topic = 'profile' AND p.next_block IS NULL
    LEFT JOIN provider_facts o ON o.provider = w.provider AND o.topic = 'offer' AND o.next_block IS NULL
    JOIN provider_states s ON s.provider = w.provider
      AND s.block = (SELECT max(x.block) FROM provider_states x WHERE x.provider = w.provider)
    WHERE w.topic = 'owner' AND w.next_block IS NULL`.execute(index)
}
