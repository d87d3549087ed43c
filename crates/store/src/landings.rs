//! What short links lead to, learned once: so that a video is known again under its next short link.

use rusqlite::{Connection, OptionalExtension, named_params};
use shiwen_core::{Landing, Link, LinkKind, TaskId, Timestamp};

use crate::{Store, StoreError, known, row};

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

    /// The short links that would go out in one call with this queued task, its own among them. Of what the user wanted
    /// again it does not matter where it leads.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn short_links_of(&self, id: TaskId) -> Result<Vec<Link>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT l.url, l.platform, l.kind, l.video_id, l.canonical, l.title AS link_title
                       FROM tasks t JOIN tasks s ON s.id = t.id OR s.batch = t.batch JOIN links l ON l.id = s.link_id
                       WHERE t.id = ?1 AND s.state = 'queued' AND s.again = 0 AND l.kind = 'short'";
            let mut statement = connection.prepare_cached(sql)?;
            let links = statement.query_map([id.0], row::link)?;
            Ok(links.filter_map(Result::transpose).collect::<Result<_, _>>()?)
        })
    }

    /// Keeps what a short link leads to, and gives every task on it its video: the next paste of that video finds it,
    /// and what is queued for it a second time ends. What was learned first stays.
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
            let link = landed(&write.tx, short)?;
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
                ":platform": link.platform.as_str(),
                ":kind": link.kind.as_str(),
                ":id": link.id,
                ":canonical": link.canonical,
                ":video": link.video_key(),
            })?;
            tasks.into_iter().for_each(|id| write.changed(id));
            let sql = "SELECT t.id FROM links l JOIN tasks t ON t.link_id = l.id
                       WHERE l.video_key = ?1 AND t.state = 'queued' ORDER BY t.id";
            let queued = write
                .tx
                .prepare_cached(sql)?
                .query_map([link.video_key()], |row| row.get(0).map(TaskId))?
                .collect::<Result<Vec<_>, _>>()?;
            known::without_twins(write, queued, now)?;
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
