//! What is shown of a task that was found: where the words stand in it.

use rusqlite::{Connection, OptionalExtension};
use shiwen_core::{Excerpt, Hit, Place, Task, TaskId};
use shiwen_text::{excerpt, fold::fold, grams::Word};

use crate::{StoreError, row, row::select_task};

/// A task with its words marked; none where it has gone.
pub(super) fn hit(
    connection: &Connection,
    id: TaskId,
    words: &[Word],
) -> Result<Option<Hit>, StoreError> {
    let sql = select_task!("WHERE t.id = ?1 AND t.deleted_at IS NULL");
    let Some(task) = connection.prepare_cached(sql)?.query_row([id.0], row::task).optional()?
    else {
        return Ok(None);
    };
    if words.is_empty() {
        return Ok(Some(Hit { task, title_marks: Vec::new(), excerpt: None, count: 0 }));
    }
    let title_marks = excerpt::marks(task.title().unwrap_or_default(), words);
    let mut best = Best { words, most: 0, excerpt: None };
    let mut count = 0;

    let sql = "SELECT version, text FROM transcripts WHERE task_id = ?1 ORDER BY version DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut texts = statement.query([id.0])?;
    if let Some(shown) = texts.next()? {
        let (version, text): (u32, String) = (shown.get(0)?, shown.get(1)?);
        let folded = fold(&text);
        count = excerpt::count(&folded, words);
        best.look(Place::Text, Some(version), &text, &folded);
    }
    for (place, field) in fields(&task) {
        best.look(place, None, field, &fold(field));
    }
    while !best.is_all()
        && let Some(older) = texts.next()?
    {
        let (version, text): (u32, String) = (older.get(0)?, older.get(1)?);
        best.look(Place::Text, Some(version), &text, &fold(&text));
    }
    let excerpt = best.excerpt;
    Ok(Some(Hit { title_marks, excerpt, count, task }))
}

/// What is searched besides the texts and the title that is shown, the most telling first.
fn fields(task: &Task) -> Vec<(Place, &str)> {
    let mut fields = Vec::new();
    fields.extend(task.note.as_deref().map(|note| (Place::Note, note)));
    fields.extend(task.found.author.as_deref().map(|author| (Place::Author, author)));
    fields.extend(task.tags.iter().map(|tag| (Place::Tag, tag.as_str())));
    let link = task.link.as_ref();
    let titles = [
        task.found.title.as_deref(),
        link.and_then(|link| link.title.as_deref()),
        task.subject.as_deref(),
    ];
    let hidden = titles.into_iter().flatten().filter(|title| task.title() != Some(*title));
    fields.extend(hidden.map(|title| (Place::Title, title)));
    fields.extend(link.map(|link| (Place::Link, link.url.as_str())));
    let canonical = link.and_then(|link| link.canonical.as_deref());
    fields.extend(canonical.map(|canonical| (Place::Link, canonical)));
    fields
}

/// The first field with most of the words.
struct Best<'a> {
    words: &'a [Word],
    most: usize,
    excerpt: Option<Excerpt>,
}

impl Best<'_> {
    fn is_all(&self) -> bool {
        self.most == self.words.len()
    }

    fn look(&mut self, place: Place, version: Option<u32>, field: &str, folded: &str) {
        if self.is_all() {
            return;
        }
        let found = excerpt::found_in(folded, self.words);
        if found <= self.most {
            return;
        }
        if let Some(excerpt::Cut { text, marks, cut }) = excerpt::cut(field, folded, self.words) {
            self.most = found;
            self.excerpt = Some(Excerpt { place, version, text, marks, cut });
        }
    }
}
