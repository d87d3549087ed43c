//! Opening the program at login, for the data folder that this one was started with.
//!
//! On Linux that is one file of the desktop's own, written here: the library that knows the other systems does not quote
//! the program's path in it.

use tauri::{AppHandle, Manager};

use crate::arguments::Arguments;

/// How the program is to be started at login.
#[derive(Debug, Clone)]
pub(crate) struct Autostart {
    /// Its name among what starts at login; each data folder has one of its own.
    name: String,
    arguments: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum AutostartError {
    /// The program or the data folder has a path that cannot be written down.
    #[error("there is no way to start the program at login")]
    NoWay,
    #[error("the entry for the login cannot be written")]
    Unwritable(#[source] std::io::Error),
    #[cfg(not(target_os = "linux"))]
    #[error("the system does not take the entry for the login")]
    Refused(#[source] auto_launch::Error),
}

impl Autostart {
    pub(crate) fn new(arguments: &Arguments) -> Self {
        if arguments.is_usual() {
            return Self { name: "shiwen".to_owned(), arguments: Vec::new() };
        }
        let name = arguments.identifier().replace(shiwen_session::FOLDER_NAME, "shiwen");
        let folder = arguments.folder.display().to_string();
        Self { name, arguments: vec!["--data-dir".to_owned(), folder] }
    }
}

/// Whether the program opens at login; none where that cannot be arranged.
pub(crate) fn is_on(app: &AppHandle) -> Option<bool> {
    system::is_on(app, &app.state::<Autostart>())
}

/// Opens the program at login from now on, or no longer.
///
/// # Errors
/// When the system does not let it.
pub(crate) fn set(app: &AppHandle, on: bool) -> Result<(), AutostartError> {
    let autostart = app.state::<Autostart>();
    if on { system::add(app, &autostart) } else { system::remove(app, &autostart) }
}

#[cfg(target_os = "linux")]
mod system {
    //! <https://specifications.freedesktop.org/autostart-spec/latest/>

    use std::{io::ErrorKind, path::PathBuf};

    use tauri::{AppHandle, Manager};

    use super::{Autostart, AutostartError};

    fn file(app: &AppHandle, autostart: &Autostart) -> Option<PathBuf> {
        let folder = app.path().config_dir().ok()?.join("autostart");
        Some(folder.join(format!("{}.desktop", autostart.name)))
    }

    pub(super) fn is_on(app: &AppHandle, autostart: &Autostart) -> Option<bool> {
        let file = file(app, autostart)?;
        let entry = std::fs::read_to_string(file).ok();
        Some(entry.is_some_and(|entry| is_in_force(&entry)))
    }

    pub(super) fn add(app: &AppHandle, autostart: &Autostart) -> Result<(), AutostartError> {
        let file = file(app, autostart).ok_or(AutostartError::NoWay)?;
        // An AppImage is mounted elsewhere at each start; this is where the user keeps it.
        let program = app.env().appimage.map(PathBuf::from);
        let program = program.map_or_else(std::env::current_exe, Ok);
        let program = program.map_err(AutostartError::Unwritable)?;
        let program = program.to_str().ok_or(AutostartError::NoWay)?;
        let entry = entry(program, &autostart.arguments).ok_or(AutostartError::NoWay)?;
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(AutostartError::Unwritable)?;
        }
        std::fs::write(file, entry).map_err(AutostartError::Unwritable)
    }

    pub(super) fn remove(app: &AppHandle, autostart: &Autostart) -> Result<(), AutostartError> {
        let file = file(app, autostart).ok_or(AutostartError::NoWay)?;
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(AutostartError::Unwritable(error))
            }
            _ => Ok(()),
        }
    }

    /// Desktops switch an entry off by a line in it, where the user does so in their own settings.
    pub(super) fn is_in_force(entry: &str) -> bool {
        !entry
            .lines()
            .map(|line| line.trim().to_ascii_lowercase())
            .any(|line| matches!(line.as_str(), "hidden=true" | "x-gnome-autostart-enabled=false"))
    }

    /// None where a path holds what no entry can.
    pub(super) fn entry(program: &str, arguments: &[String]) -> Option<String> {
        let words = std::iter::once(program).chain(arguments.iter().map(String::as_str));
        let command: Option<Vec<String>> = words.map(quoted).collect();
        Some(format!(
            "[Desktop Entry]\nType=Application\nName=Shiwen\nName[zh_CN]=拾文\nExec={}\nIcon=shiwen\nTerminal=false\n",
            command?.join(" ")
        ))
    }

    /// A word of `Exec`: within quotes some letters need a backslash, each backslash another one since the value is a
    /// string, and a percent sign would be a field.
    fn quoted(word: &str) -> Option<String> {
        if word.chars().any(char::is_control) {
            return None;
        }
        let mut quoted = String::from("\"");
        for letter in word.chars() {
            match letter {
                '"' | '`' | '$' => quoted.extend(["\\\\", letter.encode_utf8(&mut [0; 4])]),
                '\\' => quoted.push_str("\\\\\\\\"),
                '%' => quoted.push_str("%%"),
                _ => quoted.push(letter),
            }
        }
        quoted.push('"');
        Some(quoted)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use auto_launch::{AutoLaunch, AutoLaunchBuilder};
    use tauri::AppHandle;

    use super::{Autostart, AutostartError};

    fn launch(autostart: &Autostart) -> Result<AutoLaunch, AutostartError> {
        let program = std::env::current_exe().map_err(AutostartError::Unwritable)?;
        let program = program.to_str().ok_or(AutostartError::NoWay)?;
        AutoLaunchBuilder::new()
            .set_app_name(&autostart.name)
            .set_app_path(program)
            .set_args(&autostart.arguments)
            .build()
            .map_err(AutostartError::Refused)
    }

    pub(super) fn is_on(_app: &AppHandle, autostart: &Autostart) -> Option<bool> {
        launch(autostart).ok()?.is_enabled().ok()
    }

    pub(super) fn add(_app: &AppHandle, autostart: &Autostart) -> Result<(), AutostartError> {
        launch(autostart)?.enable().map_err(AutostartError::Refused)
    }

    pub(super) fn remove(_app: &AppHandle, autostart: &Autostart) -> Result<(), AutostartError> {
        launch(autostart)?.disable().map_err(AutostartError::Refused)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::system::{entry, is_in_force};

    #[test]
    fn the_entry_starts_the_program_whatever_its_path_holds() {
        let arguments = ["--data-dir".to_owned(), "/data/小 明/100% \"a\\b\" $HOME".to_owned()];
        let entry = entry("/opt/拾 文/shiwen", &arguments).unwrap();
        let exec = entry.lines().find_map(|line| line.strip_prefix("Exec=")).unwrap();
        assert_eq!(
            exec,
            r#""/opt/拾 文/shiwen" "--data-dir" "/data/小 明/100%% \\"a\\\\b\\" \\$HOME""#
        );
        assert!(entry.starts_with("[Desktop Entry]\nType=Application\n"));
    }

    #[test]
    fn a_path_with_a_line_end_is_refused() {
        assert_eq!(entry("/opt/shiwen\nExec=sh", &[]), None);
    }

    #[test]
    fn an_entry_that_the_desktop_switched_off_is_off() {
        assert!(is_in_force("[Desktop Entry]\nHidden=false\n"));
        assert!(!is_in_force("[Desktop Entry]\nHidden=true\n"));
        assert!(!is_in_force("X-GNOME-Autostart-enabled=false"));
    }
}
