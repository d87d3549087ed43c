//! Finding tasks, and what the user says about them: stars, tags, notes.

use shiwen_core::{Desk, HitCount, HitPage, SearchOrder, Selection, TagCount, TaskId, TaskPage};
use tauri::State;

use super::tasks::LONGEST_PAGE;
use crate::{error::CommandError, shell::Shell};

/// A stretch of the list from a position on, for a list that is scrolled to anywhere.
#[tauri::command(async)]
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
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn search(
    shell: State<'_, Shell>,
    text: String,
    order: SearchOrder,
    after: Option<String>,
    limit: u32,
) -> Result<HitPage, CommandError> {
    let session = shell.session()?;
    let (query, limit) = (session.query(&text), limit.min(LONGEST_PAGE));
    Ok(session.engine.store().search(&query, order, after.as_deref(), limit)?)
}

#[tauri::command(async)]
#[specta::specta]
pub(crate) fn count_found(shell: State<'_, Shell>, text: String) -> Result<HitCount, CommandError> {
    let session = shell.session()?;
    Ok(session.engine.store().count_found(&session.query(&text))?)
}

#[tauri::command(async)]
#[specta::specta]
pub(crate) fn tags(shell: State<'_, Shell>) -> Result<Vec<TagCount>, CommandError> {
    Ok(shell.session()?.engine.store().tags()?)
}

#[tauri::command(async)]
#[specta::specta]
pub(crate) fn star_tasks(
    shell: State<'_, Shell>,
    selection: Selection,
    starred: bool,
) -> Result<u32, CommandError> {
    let session = shell.session()?;
    Ok(session.engine.store().star(&session.selected(&selection)?, starred)?)
}

#[tauri::command(async)]
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

#[tauri::command(async)]
#[specta::specta]
pub(crate) fn save_note(
    shell: State<'_, Shell>,
    id: TaskId,
    note: String,
) -> Result<(), CommandError> {
    Ok(shell.session()?.engine.store().save_note(id, &note)?)
}
