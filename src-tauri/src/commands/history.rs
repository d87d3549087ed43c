//! Finding tasks, and what the user says about them: stars, tags, notes.

use std::time::Duration;

use shiwen_core::{
    Desk, HitCount, HitPage, Query, SearchOrder, Selection, TagCount, TaskId, TaskPage,
};
use shiwen_store::{Effort, StoreError, Turns};
use tauri::{State, async_runtime::spawn_blocking};

use super::tasks::LONGEST_PAGE;
use crate::{
    error::{CommandError, ErrorCode},
    shell::Shell,
};

/// How long the window waits for what the index does not know; longer than that it rather hears what there is so far.
const PATIENCE: Duration = Duration::from_millis(800);

/// What the window asks while its user types: nobody waits for an answer to what was asked before.
#[derive(Default)]
pub(crate) struct Questions {
    pages: Turns,
    counts: Turns,
}

/// A stretch of the list from a position on, for a list that is scrolled to anywhere.
#[tauri::command]
#[specta::specta]
pub(crate) fn tasks_at(
    shell: State<'_, Shell>,
    desk: Desk,
    from: u32,
    limit: u32,
) -> Result<TaskPage, CommandError> {
    Ok(shell.session()?.engine.store().tasks_at(desk, from, limit.min(LONGEST_PAGE))?)
}

/// Over all desks; `after` is that of the page before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search(
    shell: State<'_, Shell>,
    questions: State<'_, Questions>,
    text: String,
    order: SearchOrder,
    after: Option<String>,
    limit: u32,
) -> Result<HitPage, CommandError> {
    let session = shell.session()?;
    let (query, limit) = (session.query(&text), limit.min(LONGEST_PAGE));
    let effort = effort(&questions.pages, &query, after.is_some());
    aside(move || {
        session.engine.store().search_with(&effort, &query, order, after.as_deref(), limit)
    })
    .await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn count_found(
    shell: State<'_, Shell>,
    questions: State<'_, Questions>,
    text: String,
) -> Result<HitCount, CommandError> {
    let session = shell.session()?;
    let query = session.query(&text);
    let effort = effort(&questions.counts, &query, false);
    aside(move || session.engine.store().count_found_with(&effort, &query)).await
}

fn effort(turns: &Turns, query: &Query, goes_on: bool) -> Effort {
    let effort = Effort::within(PATIENCE);
    if query.words.is_empty() {
        // Not only the search box asks by properties alone.
        effort
    } else if goes_on {
        // What is on screen is read on while the next words are already asked for.
        effort.while_newest(turns.current())
    } else {
        effort.while_newest(turns.next())
    }
}

/// Where it holds up no other command.
async fn aside<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, CommandError> {
    match spawn_blocking(ask).await {
        Ok(answer) => Ok(answer?),
        Err(error) => Err(CommandError::new(ErrorCode::Internal, &error)),
    }
}

#[tauri::command]
#[specta::specta]
pub(crate) fn tags(shell: State<'_, Shell>) -> Result<Vec<TagCount>, CommandError> {
    Ok(shell.session()?.engine.store().tags()?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn star_tasks(
    shell: State<'_, Shell>,
    selection: Selection,
    starred: bool,
) -> Result<u32, CommandError> {
    let session = shell.session()?;
    Ok(session.engine.store().star(&session.selected(&selection)?, starred)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn tag_tasks(
    shell: State<'_, Shell>,
    selection: Selection,
    add: Vec<String>,
    remove: Vec<String>,
) -> Result<u32, CommandError> {
    let session = shell.session()?;
    Ok(session.engine.store().tag(&session.selected(&selection)?, &add, &remove)?)
}

#[tauri::command]
#[specta::specta]
pub(crate) fn save_note(
    shell: State<'_, Shell>,
    id: TaskId,
    note: String,
) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().save_note(id, &note)?)
}
