//! The desktop shell: the only code that knows Tauri. Commands translate and call; all work is in the crates.

mod arguments;
mod autostart;
mod background;
mod bindings;
#[cfg(target_os = "linux")]
mod bus;
mod changes;
mod clipboard;
mod closing;
mod commands;
mod copied;
mod desk;
mod diagnostics;
mod dialog;
mod dropped;
mod errand;
mod error;
mod instance;
mod ipc;
mod language;
mod logging;
mod measure;
mod news;
mod notices;
mod offer;
mod open;
mod picked;
mod progress;
mod restart;
mod shell;
mod shortcut;
mod tray;
mod updates;
#[cfg(target_os = "linux")]
mod webkit;
mod window;
mod wish;

use std::{process::ExitCode, sync::Arc};

use shiwen_session::LogFile;
use tauri::{Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;
use tracing::error;

use crate::{
    arguments::Arguments,
    commands::history::Questions,
    instance::{First, Unanswered},
    shell::Shell,
};

/// Opens the window and stays until it is closed.
pub fn run() -> ExitCode {
    measure::started();
    let arguments = match Arguments::parse(std::env::args_os().skip(1)) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::from(2);
        }
    };
    #[cfg(target_os = "linux")]
    webkit::settle();
    let log = Arc::new(LogFile::new(&arguments.folder));
    logging::begin(log.clone());
    let first = match instance::claim(&arguments.identifier()) {
        Ok(Some(first)) => first,
        Ok(None) => return ExitCode::SUCCESS,
        Err(Unanswered::Gone) if restart::is_possible() => return restart::again(),
        Err(error) => {
            error!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match start(arguments, first, log) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if restart::may_help(&error) => restart::again(),
        Err(error) => {
            error!(error = &error as &dyn std::error::Error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: Arguments, first: First, log: Arc<LogFile>) -> tauri::Result<()> {
    // Elsewhere only the plugin finds out whether this is the first start.
    #[cfg(target_os = "linux")]
    let begun = shell::begin(&arguments);
    let mut context = tauri::generate_context!();
    // Everything that is named by the identifier is kept apart for another data folder.
    context.config_mut().identifier = arguments.identifier();
    let app = updates::register(tauri::Builder::default(), &mut context);
    #[cfg(not(target_os = "linux"))]
    let app = app
        .plugin(clipboard::plugin())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build());
    let app = app
        .plugin(first.plugin())
        .plugin(
            tauri_plugin_window_state::Builder::default()
                // The window appears with its page, also when the program ended while it was hidden.
                .with_state_flags(StateFlags::all() - StateFlags::VISIBLE)
                .build(),
        )
        .invoke_handler(bindings::handler())
        .setup(move |app| {
            logging::started(arguments.sandbox);
            app.manage(log);
            desk::manage(app.handle(), &arguments);
            let handle = app.handle().clone();
            #[cfg(not(target_os = "linux"))]
            let begun = shell::begin(&arguments);
            let (shell, first) =
                tauri::async_runtime::block_on(Shell::open(arguments, begun, handle));
            app.manage(shell);
            app.manage(Questions::default());
            app.manage(updates::Updates::new());
            window::open(app.handle(), first)?;
            background::spawn(updates::follow(app.handle().clone()));
            Ok(())
        })
        .build(context)?;
    app.run(|app, event| match event {
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => wish::hear(app, urls.iter().map(tauri::Url::as_str)),
        RunEvent::Exit => {
            let shell = app.state::<Shell>();
            tauri::async_runtime::block_on(shell.close());
            #[cfg(target_os = "linux")]
            clipboard::hand_over();
            if shell.restarts() {
                restart::anew();
            }
        }
        _ => {}
    });
    Ok(())
}
