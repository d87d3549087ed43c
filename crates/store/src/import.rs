//! Tasks brought from another history, which paid for them: they have a result and no create call here.
//!
//! A task is known again by its video, operation, language, provider and the time of its making, else by its video and
//! the text that came back. What is known learns what it lacks. The order in which histories are brought does not
//! matter: texts stand in the order of their times, labels are joined, and of what differs else the oldest making counts.
//! A task that was made here keeps what it says of itself.

mod fit;
mod merge;

use rusqlite::{OptionalExtension, named_params};
use shiwen_core::{
    DownloadFailure, Imported, Link, LinkKind, Operation, Output, ProviderId, TaskId, Timestamp,
    Transcript, TranscriptKind, count_words,
};

use crate::{
    Store, StoreError, labels, landings,
    submit::json,
    texts,
    write::{BULK, Write},
};

/// A task of another history.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedTask {
    pub share_text: String,
    /// As the other history knew it; a short link may have been followed there.
    pub link: Option<Link>,
    pub operation: Operation,
    pub provider: ProviderId,
    /// What it is about where there is no link.
    pub subject: Option<String>,
    pub model: Option<String>,
    pub target_language: Option<String>,
    pub title: Option<String>,
    pub author: Option<String>,
    pub duration_s: Option<u32>,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub starred: bool,
    pub note: Option<String>,
    pub tags: Vec<String>,
    /// The oldest first.
    pub transcripts: Vec<ImportedText>,
    pub output: Option<Output>,
}

/// A version of the text of such a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedText {
    pub kind: TranscriptKind,
    pub text: String,
    pub incomplete: bool,
    pub created_at: Timestamp,
}

/// What became of one of them.
enum Became {
    Added,
    Merged,
    Known,
}

/// A link as this history has it, or would have it.
struct Place {
    id: Option<i64>,
    link: Link,
    key: String,
}

impl Store {
    /// Brings tasks of another history. What holds neither a text nor another result is skipped; what is in the trash
    /// here comes out of it. Doing it again changes nothing.
    ///
    /// # Errors
    /// When the database cannot be written; some of the tasks may be there then, and doing it again brings the rest.
    pub fn import(&self, tasks: &[ImportedTask], now: Timestamp) -> Result<Imported, StoreError> {
        let mut sum = Imported::default();
        for chunk in tasks.chunks(BULK) {
            let part = self.write(|write| {
                write.in_bulk();
                let mut part = Imported::default();
                // Tasks of one paste follow each other.
                let mut paste = None;
                for task in chunk {
                    let Some(task) = fit::fitted(task, now) else {
                        part.skipped += 1;
                        continue;
                    };
                    match bring(write, &task, &mut paste, now)? {
                        Became::Added => part.added += 1,
                        Became::Merged => part.merged += 1,
                        Became::Known => part.known += 1,
                    }
                }
                Ok(part)
            })?;
            sum.added += part.added;
            sum.merged += part.merged;
            sum.known += part.known;
            sum.skipped += part.skipped;
        }
        Ok(sum)
    }
}

/// The paste that the last task was added to.
type LastPaste = Option<(String, Timestamp, i64)>;

fn bring(
    write: &mut Write<'_>,
    task: &ImportedTask,
    paste: &mut LastPaste,
    now: Timestamp,
) -> Result<Became, StoreError> {
    let place = task.link.as_ref().map(|link| place(write, link)).transpose()?;
    match known(write, task, place.as_ref())? {
        Some(id) if merge::merge(write, id, task)? => Ok(Became::Merged),
        Some(_) => Ok(Became::Known),
        None => {
            add(write, task, place, paste, now)?;
            Ok(Became::Added)
        }
    }
}

/// Where a link stands here. What the other history knows of where it leads is learned.
fn place(write: &mut Write<'_>, link: &Link) -> Result<Place, StoreError> {
    let link = landings::landed(&write.tx, link)?;
    let sql = "SELECT id, video_key, kind = 'short' AND video_id IS NULL FROM links WHERE url = ?1";
    let found: Option<(i64, String, bool)> = write
        .tx
        .prepare_cached(sql)?
        .query_row([&link.url], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let key = link.video_key();
    let Some((id, known_key, unfollowed)) = found else { return Ok(Place { id: None, link, key }) };
    if !unfollowed || link.kind == LinkKind::Short || link.id.is_none() {
        return Ok(Place { id: Some(id), link, key: known_key });
    }
    let sql = "UPDATE links SET platform = :platform, kind = :kind, video_id = :video, canonical = :canonical,
                 video_key = :key WHERE id = :id";
    write.tx.prepare_cached(sql)?.execute(named_params! {
        ":id": id,
        ":platform": link.platform.as_str(),
        ":kind": link.kind.as_str(),
        ":video": link.id,
        ":canonical": link.canonical,
        ":key": key,
    })?;
    let sql = "SELECT id FROM tasks WHERE link_id = ?1";
    let tasks = write
        .tx
        .prepare_cached(sql)?
        .query_map([id], |row| row.get(0).map(TaskId))?
        .collect::<Result<Vec<_>, _>>()?;
    tasks.into_iter().for_each(|id| write.changed(id));
    Ok(Place { id: Some(id), link, key })
}

/// The task that this one is here already.
fn known(
    write: &Write<'_>,
    task: &ImportedTask,
    place: Option<&Place>,
) -> Result<Option<TaskId>, StoreError> {
    let id = |row: &rusqlite::Row<'_>| row.get(0).map(TaskId);
    let Some(place) = place else {
        let sql = "SELECT id FROM tasks
                   WHERE link_id IS NULL AND operation = ?1 AND created_at = ?2 AND provider = ?3 AND subject IS ?4
                     AND state = 'succeeded' ORDER BY id LIMIT 1";
        let about =
            (task.operation.as_str(), task.created_at.0, task.provider.as_str(), &task.subject);
        return Ok(write.tx.prepare_cached(sql)?.query_row(about, id).optional()?);
    };
    let sql = "SELECT t.id FROM links l JOIN tasks t ON t.link_id = l.id
               WHERE l.video_key = :key AND t.operation = :operation AND t.target_language IS :language
                 AND t.state = 'succeeded' AND t.provider = :provider AND t.created_at = :created
               ORDER BY t.id LIMIT 1";
    let made = named_params! {
        ":key": place.key,
        ":operation": task.operation.as_str(),
        ":language": task.target_language,
        ":provider": task.provider.as_str(),
        ":created": task.created_at.0,
    };
    if let Some(id) = write.tx.prepare_cached(sql)?.query_row(made, id).optional()? {
        return Ok(Some(id));
    }
    let found = match task.transcripts.first() {
        Some(first) => {
            let sql = "SELECT t.id FROM links l JOIN tasks t ON t.link_id = l.id
                       WHERE l.video_key = :key AND t.operation = :operation AND t.target_language IS :language
                         AND t.state = 'succeeded' AND EXISTS (
                           SELECT 1 FROM transcripts WHERE task_id = t.id AND kind = :kind AND text = :text)
                       ORDER BY t.id LIMIT 1";
            let came_back = named_params! {
                ":key": place.key,
                ":operation": task.operation.as_str(),
                ":language": task.target_language,
                ":kind": first.kind.as_str(),
                ":text": first.text,
            };
            write.tx.prepare_cached(sql)?.query_row(came_back, id)
        }
        None => {
            let sql = "SELECT t.id FROM links l JOIN tasks t ON t.link_id = l.id
                       WHERE l.video_key = :key AND t.operation = :operation AND t.target_language IS :language
                         AND t.state = 'succeeded' AND t.words IS NULL AND t.output = :output
                       ORDER BY t.id LIMIT 1";
            let came_back = named_params! {
                ":key": place.key,
                ":operation": task.operation.as_str(),
                ":language": task.target_language,
                ":output": task.output.as_ref().map(json).transpose()?,
            };
            write.tx.prepare_cached(sql)?.query_row(came_back, id)
        }
    };
    Ok(found.optional()?)
}

fn add(
    write: &mut Write<'_>,
    task: &ImportedTask,
    place: Option<Place>,
    paste: &mut LastPaste,
    now: Timestamp,
) -> Result<(), StoreError> {
    let link = match place {
        Some(Place { id: Some(id), .. }) => Some(id),
        Some(Place { link, key, .. }) => Some(add_link(write, &link, &key)?),
        None => None,
    };
    let paste = match paste {
        Some((text, at, id)) if *text == task.share_text && *at == task.created_at => *id,
        _ => {
            let id = add_paste(write, task)?;
            *paste = Some((task.share_text.clone(), task.created_at, id));
            id
        }
    };
    let works = match &task.output {
        Some(Output::Works { works }) => Some(works),
        _ => None,
    };
    let sql = "INSERT INTO tasks (paste_id, link_id, operation, desk, provider, target_language, subject, model, state,
                 title, author, duration_s, words, output, works, created_at, ended_at, listed_at, starred, note,
                 imported_at)
               VALUES (:paste, :link, :operation, :desk, :provider, :language, :subject, :model, 'succeeded', :title,
                 :author, :duration, :words, :output, :works, :created, :ended, :created, :starred, :note, :now)
               RETURNING id";
    let id = TaskId(write.tx.prepare_cached(sql)?.query_row(
        named_params! {
            ":paste": paste,
            ":link": link,
            ":operation": task.operation.as_str(),
            ":desk": task.operation.desk().as_str(),
            ":provider": task.provider.as_str(),
            ":language": task.target_language,
            ":subject": task.subject,
            ":model": task.model,
            ":title": task.title,
            ":author": task.author,
            ":duration": task.duration_s,
            ":words": task.transcripts.last().map(|last| count_words(&last.text)),
            ":output": task.output.as_ref().map(json).transpose()?,
            ":works": works.map(json).transpose()?,
            ":created": task.created_at.0,
            ":ended": task.ended_at.unwrap_or(task.created_at).0,
            ":starred": task.starred,
            ":note": task.note,
            ":now": now.0,
        },
        |row| row.get(0),
    )?);
    for (version, text) in (1..).zip(&task.transcripts) {
        texts::add(write, id, &text.version(version))?;
    }
    for tag in &task.tags {
        labels::add_tag(write, id, tag)?;
    }
    for (work, _) in (0_u32..).zip(works.into_iter().flatten()) {
        // Addresses from a file are not asked for by themselves; those that were signed have expired.
        let sql =
            "INSERT INTO works_kept (task_id, work, failure, kept_at) VALUES (?1, ?2, ?3, ?4)";
        let failure = DownloadFailure::Expired.as_str();
        write.tx.prepare_cached(sql)?.execute((id.0, work, failure, now.0))?;
    }
    write.changed(id);
    Ok(())
}

fn add_link(write: &Write<'_>, link: &Link, key: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO links (url, platform, kind, video_id, canonical, title, video_key)
               VALUES (:url, :platform, :kind, :id, :canonical, :title, :key) RETURNING id";
    let params = named_params! {
        ":url": link.url,
        ":platform": link.platform.as_str(),
        ":kind": link.kind.as_str(),
        ":id": link.id,
        ":canonical": link.canonical,
        ":title": link.title,
        ":key": key,
    };
    Ok(write.tx.prepare_cached(sql)?.query_row(params, |row| row.get(0))?)
}

fn add_paste(write: &Write<'_>, task: &ImportedTask) -> Result<i64, StoreError> {
    let sql = "INSERT INTO pastes (text, created_at) VALUES (?1, ?2) RETURNING id";
    let params = (&task.share_text, task.created_at.0);
    Ok(write.tx.prepare_cached(sql)?.query_row(params, |row| row.get(0))?)
}

impl ImportedText {
    fn version(&self, version: u32) -> Transcript {
        Transcript {
            version,
            kind: self.kind,
            text: self.text.clone(),
            words: count_words(&self.text),
            incomplete: self.incomplete,
            created_at: self.created_at,
        }
    }
}
