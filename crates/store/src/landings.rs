//! What short links lead to, learned once: so that a video is known again under its next short link.

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{Landing, Link, LinkKind, TaskId, Timestamp};

use crate::{Store, StoreError, row};

impl Store {
    /// A link with what is known about where it leads. Only short links lead anywhere.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn landed(&self, link: Link) -> Result<Link, StoreError> {
        if link.kind != LinkKind::Short {
            return Ok(link);
        }
        self.read(|connection| landed(connection, &link))
    }

    /// Keeps what a short link leads to, and gives every task on it its video: the next paste of that video finds it.
    /// What was learned first stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn save_landing(
        &self,
        short: &Link,
        landing: &Landing,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = short.video_key();
        self.write(|write| {
            let sql = "INSERT INTO landings (short_key, platform, kind, video_id, canonical, learned_at)
                       VALUES (:key, :platform, :kind, :id, :canonical, :now) ON CONFLICT DO NOTHING";
            write.tx.prepare_cached(sql)?.execute(named_params! {
                ":key": key,
                ":platform": landing.platform.as_str(),
                ":kind": landing.kind.as_str(),
                ":id": landing.id,
                ":canonical": landing.canonical,
                ":now": now.0,
            })?;
            let known = landed(&write.tx, short)?;
            let tasks = {
                let sql = "SELECT t.id FROM links l JOIN tasks t ON t.link_id = l.id WHERE l.video_key = ?1";
                let mut statement = write.tx.prepare_cached(sql)?;
                let tasks = statement.query_map([&key], |row| row.get(0).map(TaskId))?;
                tasks.collect::<Result<Vec<_>, _>>()?
            };
            let sql = "UPDATE links SET platform = :platform, kind = :kind, video_id = :id, canonical = :canonical,
                         video_key = :video WHERE video_key = :key";
            write.tx.prepare_cached(sql)?.execute(named_params! {
                ":key": key,
                ":platform": known.platform.as_str(),
                ":kind": known.kind.as_str(),
                ":id": known.id,
                ":canonical": known.canonical,
                ":video": known.video_key(),
            })?;
            tasks.into_iter().for_each(|id| write.changed(id));
            Ok(())
        })
    }
}

pub(crate) fn landed(connection: &Connection, link: &Link) -> Result<Link, StoreError> {
    if link.kind != LinkKind::Short {
        return Ok(link.clone());
    }
    let sql = "SELECT platform, kind, video_id, canonical FROM landings WHERE short_key = ?1";
    let found = connection.prepare_cached(sql)?.query_row([link.video_key()], |row| {
        Ok(Landing {
            platform: row::word(row, "platform")?,
            kind: row::word(row, "kind")?,
            id: row.get("video_id")?,
            canonical: row.get("canonical")?,
        })
    });
    Ok(match found.optional()? {
        Some(landing) => link.clone().landed(landing),
        None => link.clone(),
    })
}
