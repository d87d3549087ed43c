//! Starting once more: when the history was replaced, and when an instance that just died still stands in the way.
//!
//! For a moment after a crash the message bus may still list the dead program; handing the start over to it fails then.

use std::{
    ffi::OsString,
    process::{Command, ExitCode},
    time::Duration,
};

use crate::wish;

/// Counts the starts of one wish, so that they end.
const TRIES: &str = "SHIWEN_START_TRIES";
const MOST: u32 = 10;
const PAUSE: Duration = Duration::from_millis(300);

/// Whether the start failed only since it was to be handed over to another instance that did not answer, as the plugin
/// tells it that does so where there is no bus.
pub(crate) fn may_help(error: &tauri::Error) -> bool {
    matches!(error, tauri::Error::PluginInitialization(plugin, _) if plugin == "single-instance")
        && is_possible()
}

/// Whether a try is left.
pub(crate) fn is_possible() -> bool {
    tries() < MOST
}

/// Starts the program anew with the same arguments, in place of this one where the system can do that.
pub(crate) fn again() -> ExitCode {
    std::thread::sleep(PAUSE);
    let Ok(program) = std::env::current_exe() else { return ExitCode::FAILURE };
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1)).env(TRIES, (tries() + 1).to_string());
    replace(command)
}

/// Starts the program anew since it wishes so: as [`again`], without a limit, and without what another program wanted
/// from the start before.
pub(crate) fn anew() -> ExitCode {
    let Ok(program) = std::env::current_exe() else { return ExitCode::FAILURE };
    let mut command = Command::new(program);
    let was_wish = |argument: &OsString| argument.to_str().is_some_and(wish::is_address);
    command.args(std::env::args_os().skip(1).filter(|argument| !was_wish(argument)));
    command.env_remove(TRIES);
    replace(command)
}

fn tries() -> u32 {
    std::env::var(TRIES).ok().and_then(|tries| tries.parse().ok()).unwrap_or(0)
}

#[cfg(unix)]
fn replace(mut command: Command) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    tracing::error!(%error, "the program could not be started anew");
    ExitCode::FAILURE
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> ExitCode {
    match command.spawn() {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the program could not be started anew");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_handover_that_failed_is_tried_again() {
        let handover =
            tauri::Error::PluginInitialization("single-instance".to_owned(), "no reply".to_owned());
        let other = tauri::Error::PluginInitialization("opener".to_owned(), "broken".to_owned());
        assert!(may_help(&handover));
        assert!(!may_help(&other) && !may_help(&tauri::Error::WindowNotFound));
    }
}
