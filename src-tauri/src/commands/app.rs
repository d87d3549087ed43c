//! The program itself.

use std::path::Path;

use shiwen_session::{DataSize, Mode, Settings};
use tauri::{AppHandle, State};

use crate::{
    desk,
    error::{CommandError, ErrorCode},
    ipc::AppState,
    measure, open,
    shell::Shell,
    shortcut, window,
};

/// Tries again first where the history could not be opened: the user may have mended what kept it shut.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_state(shell: State<'_, Shell>) -> Result<AppState, CommandError> {
    let state = shell.state()?;
    if state.problem.is_some() { shell.reopen(shell.mode()).await } else { Ok(state) }
}

/// The page's script begins: all that the first screen is drawn with is loaded.
#[tauri::command]
#[specta::specta]
pub(crate) fn page_begun(app: AppHandle) -> Result<(), CommandError> {
    window::appear(&app);
    Ok(())
}

/// The page's second animation frame is on screen.
#[tauri::command]
#[specta::specta]
pub(crate) fn page_shown(app: AppHandle) -> Result<(), CommandError> {
    if let Some(stays) = measure::stays() {
        eprintln!("interactive_ms {}", measure::since_start().as_millis());
        let app = app.clone();
        std::thread::spawn(move || {
            std::thread::sleep(stays);
            app.exit(0);
        });
    }
    desk::start(&app);
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn enter_sandbox(shell: State<'_, Shell>) -> Result<AppState, CommandError> {
    shell.reopen(Mode::sandbox()).await
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_sandbox(shell: State<'_, Shell>) -> Result<AppState, CommandError> {
    shell.reopen(Mode::Real).await
}

#[tauri::command]
#[specta::specta]
pub(crate) fn open_data_folder(
    app: AppHandle,
    shell: State<'_, Shell>,
) -> Result<(), CommandError> {
    open::path(&app, Path::new(&shell.state()?.data_dir))
}

/// What the data folder takes on the disk. Looks at every file in it.
#[tauri::command]
#[specta::specta]
pub(crate) fn data_size(shell: State<'_, Shell>) -> Result<DataSize, CommandError> {
    Ok(DataSize::of(&shell.session()?.folder))
}

#[tauri::command]
#[specta::specta]
pub(crate) fn settings(shell: State<'_, Shell>) -> Result<Settings, CommandError> {
    Ok(shell.session()?.engine.store().setting(Settings::NAME)?)
}

/// Saves them as one value. A changed proxy holds for every call from then on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_settings(
    app: AppHandle,
    shell: State<'_, Shell>,
    settings: Settings,
) -> Result<Settings, CommandError> {
    if !settings.proxy_is_sound() {
        return Err(CommandError::plain(ErrorCode::InvalidField, "the proxy is no address"));
    }
    let settings = settings.bounded();
    let session = shell.session()?;
    let before: Settings = session.engine.store().setting(Settings::NAME)?;
    if before.shortcut != settings.shortcut {
        shortcut::change(&app, settings.shortcut.as_deref())?;
    }
    session.engine.store().save_setting(Settings::NAME, &settings)?;
    if (&before.proxy, &before.proxies) != (&settings.proxy, &settings.proxies) {
        session.change_proxies(&settings);
    }
    drop(session);
    desk::apply(&app, &settings);
    if before.font_size != settings.font_size {
        window::size(&app, settings.font_size);
    }
    Ok(settings)
}

/// The user has read what became of a damaged history.
#[tauri::command]
#[specta::specta]
pub(crate) fn salvage_told(shell: State<'_, Shell>) -> Result<AppState, CommandError> {
    shell.session()?.engine.store().salvage_told()?;
    shell.state()
}
