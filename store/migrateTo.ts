import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'

/**
 * Brings the tables of a database to the newest version. A version that was shipped is never edited; the next one comes after it. Of
 * several processes one migrates, and the others wait.
 *
 * @param migrations By name, which sorts in the order of application, such as `0001-first`.
 */
export async function migrateTo<Tables>(
  db: Kysely<Tables>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
  }).migrateToLatest()
  if (error !== undefined) throw error
}
