//! What the user says about tasks: stars, notes and tags.

use shiwen_core::{TagCount, TaskId};

use crate::{
    Store, StoreError,
    write::{BULK, Write},
};

/// Longest note, in characters.
pub(crate) const LONGEST_NOTE: usize = 10_000;
/// Longest tag, in characters.
pub(crate) const LONGEST_TAG: usize = 40;
/// Tags that the user can give one task.
pub(crate) const TAGS: usize = 20;

impl Store {
    /// Keeps the user's words about a task; empty ones take them away.
    ///
    /// # Errors
    /// [`StoreError::TooLong`] above 10,000 characters, [`StoreError::WrongState`] in the trash.
    pub fn save_note(&self, id: TaskId, note: &str) -> Result<(), StoreError> {
        let note = clean_note(note)?;
        self.write_over(|write| {
            let sql = "UPDATE tasks SET note = ?2 WHERE id = ?1 AND deleted_at IS NULL";
            write.step(id, sql, (id.0, &note))
        })
    }

    /// Gives tasks a star or takes it; answers how many had it otherwise. What is in the trash is left alone.
    ///
    /// # Errors
    /// When the database cannot be written; a part of many may be done then.
    pub fn star(&self, ids: &[TaskId], starred: bool) -> Result<u32, StoreError> {
        self.label(ids, |write, id| {
            let sql = "UPDATE tasks SET starred = ?2 WHERE id = ?1 AND starred <> ?2 AND deleted_at IS NULL";
            Ok(write.tx.prepare_cached(sql)?.execute((id.0, starred))? > 0)
        })
    }

    /// Gives tasks tags and takes others; answers how many tasks that changed. A task that would get more than twenty
    /// tags keeps those that it has, and what is in the trash is left alone.
    ///
    /// # Errors
    /// [`StoreError::TooLong`] for a tag of more than 40 characters; nothing is changed then. When the database cannot
    /// be written a part of many may be done.
    pub fn tag(
        &self,
        ids: &[TaskId],
        add: &[String],
        remove: &[String],
    ) -> Result<u32, StoreError> {
        let add = clean_tags(add)?;
        // What is no tag cannot be taken away either.
        let remove: Vec<_> =
            remove.iter().filter_map(|tag| clean_tag(tag).ok().flatten()).collect();
        self.label(ids, |write, id| {
            let sql = "SELECT 1 FROM tasks WHERE id = ?1 AND deleted_at IS NULL";
            if !write.tx.prepare_cached(sql)?.exists([id.0])? {
                return Ok(false);
            }
            let before = tags_of(write, id)?;
            let mut after = before.clone();
            after.retain(|tag| !remove.contains(tag));
            after.extend(add.iter().filter(|tag| !before.contains(tag)).cloned());
            if after.len() > TAGS && after.len() > before.len() {
                return Ok(false);
            }
            for tag in before.iter().filter(|tag| !after.contains(tag)) {
                let sql = "DELETE FROM tags WHERE task_id = ?1 AND tag = ?2";
                write.tx.prepare_cached(sql)?.execute((id.0, tag))?;
            }
            for tag in after.iter().filter(|tag| !before.contains(tag)) {
                add_tag(write, id, tag)?;
            }
            Ok(after != before)
        })
    }

    /// All tags of tasks that are not in the trash, the most used first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn tags(&self) -> Result<Vec<TagCount>, StoreError> {
        self.read(|connection| {
            // Counted in the index alone; the few that are in the trash are taken off afterwards.
            let sql = "SELECT tag, sum(tasks) FROM (
                         SELECT tag, count(*) AS tasks FROM tags GROUP BY tag
                         UNION ALL
                         SELECT g.tag, -count(*) FROM tasks t JOIN tags g ON g.task_id = t.id
                           WHERE t.deleted_at IS NOT NULL GROUP BY g.tag
                       ) GROUP BY tag HAVING sum(tasks) > 0 ORDER BY sum(tasks) DESC, tag";
            let mut statement = connection.prepare_cached(sql)?;
            let tags = statement
                .query_map([], |row| Ok(TagCount { tag: row.get(0)?, tasks: row.get(1)? }))?;
            Ok(tags.collect::<Result<_, _>>()?)
        })
    }

    /// Does the same with each task, in transactions of a bounded size; answers how many it changed.
    fn label(
        &self,
        ids: &[TaskId],
        change: impl Fn(&mut Write<'_>, TaskId) -> Result<bool, StoreError>,
    ) -> Result<u32, StoreError> {
        let mut changed = 0;
        for chunk in ids.chunks(BULK) {
            changed += self.write(|write| {
                write.in_bulk();
                let mut changed = 0;
                for id in chunk {
                    if change(write, *id)? {
                        write.changed(*id);
                        changed += 1;
                    }
                }
                Ok(changed)
            })?;
        }
        Ok(changed)
    }
}

pub(crate) fn tags_of(write: &Write<'_>, id: TaskId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT tag FROM tags WHERE task_id = ?1 ORDER BY tag";
    let mut statement = write.tx.prepare_cached(sql)?;
    Ok(statement.query_map([id.0], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

pub(crate) fn add_tag(write: &Write<'_>, id: TaskId, tag: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO tags (task_id, tag) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    write.tx.prepare_cached(sql)?.execute((id.0, tag))?;
    Ok(())
}

/// A note as it is kept: without control characters and white space around it; none where nothing is left.
pub(crate) fn clean_note(note: &str) -> Result<Option<String>, StoreError> {
    let lines = note.replace("\r\n", "\n").replace('\r', "\n");
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    bounded(lines.chars().filter(kept).collect(), LONGEST_NOTE)
}

/// A tag as it is kept.
pub(crate) fn clean_tag(tag: &str) -> Result<Option<String>, StoreError> {
    one_line(tag, LONGEST_TAG)
}

/// What the user wrote as one line, with single spaces; none where nothing is left.
pub(crate) fn one_line(text: &str, most: usize) -> Result<Option<String>, StoreError> {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().filter(|c| !c.is_control()).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    bounded(words.join(" "), most)
}

/// Each once, in their order.
fn clean_tags(tags: &[String]) -> Result<Vec<String>, StoreError> {
    let mut clean = Vec::with_capacity(tags.len());
    for tag in tags {
        if let Some(tag) = clean_tag(tag)?
            && !clean.contains(&tag)
        {
            clean.push(tag);
        }
    }
    Ok(clean)
}

fn bounded(text: String, most: usize) -> Result<Option<String>, StoreError> {
    let text = text.trim();
    if text.chars().nth(most).is_some() {
        return Err(StoreError::TooLong { most });
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}
