//! The desktop's dialogs for files.

use std::path::PathBuf;

use tauri::AppHandle;
use tokio::sync::oneshot;

/// What the user is asked for. Extensions have no dot.
pub(crate) enum Ask {
    Folder,
    File {
        extensions: Vec<String>,
    },
    /// A place for a file; who picks one that is there is asked whether it is to be replaced.
    Place {
        extension: &'static str,
        name: String,
    },
}

/// The answer of a dialog; none where it was cancelled, or where the program ends under it.
pub(crate) type Told = oneshot::Receiver<Option<PathBuf>>;

pub(crate) fn ask(app: &AppHandle, ask: Ask) -> Told {
    let (tell, told) = oneshot::channel();
    system::show(app, ask, tell);
    told
}

/// GTK's own dialog: Tauri's plugin shows the same one, and brings commands for the page to read and write files.
#[cfg(target_os = "linux")]
mod system {
    use std::path::PathBuf;

    use gtk::{
        FileChooserAction, FileChooserNative, FileFilter, ResponseType, glib::MainContext,
        prelude::*,
    };
    use tauri::AppHandle;
    use tokio::sync::oneshot::Sender;

    use super::Ask;

    pub(super) fn show(app: &AppHandle, ask: Ask, tell: Sender<Option<PathBuf>>) {
        let title = app.config().product_name.clone();
        let show = move || {
            MainContext::default().spawn_local(async move {
                // Nobody waits any more when the program ends under the dialog.
                let _ = tell.send(picked(title.as_deref(), ask).await);
            });
        };
        if let Err(error) = app.run_on_main_thread(show) {
            tracing::warn!(%error, "the dialog was not shown");
        }
    }

    async fn picked(title: Option<&str>, ask: Ask) -> Option<PathBuf> {
        let (action, extensions, name) = match ask {
            Ask::Folder => (FileChooserAction::SelectFolder, Vec::new(), None),
            Ask::File { extensions } => (FileChooserAction::Open, extensions, None),
            Ask::Place { extension, name } => {
                (FileChooserAction::Save, vec![extension.to_owned()], Some(name))
            }
        };
        // GTK names the buttons in the language of the desktop.
        let dialog = FileChooserNative::new(title, gtk::Window::NONE, action, None, None);
        dialog.set_create_folders(true);
        dialog.set_do_overwrite_confirmation(true);
        if !extensions.is_empty() {
            let filter = FileFilter::new();
            filter.set_name(Some(&extensions.join(", ")));
            for extension in &extensions {
                filter.add_pattern(&format!("*.{extension}"));
            }
            dialog.add_filter(filter);
        }
        if let Some(name) = name {
            dialog.set_current_name(&name);
        }
        match dialog.run_future().await {
            ResponseType::Accept => dialog.filename(),
            _ => None,
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::PathBuf;

    use tauri::AppHandle;
    use tauri_plugin_dialog::{DialogExt, FilePath};
    use tokio::sync::oneshot::Sender;

    use super::Ask;

    pub(super) fn show(app: &AppHandle, ask: Ask, tell: Sender<Option<PathBuf>>) {
        let dialog = app.dialog().file();
        let tell = move |picked: Option<FilePath>| {
            // Nobody waits any more when the program ends under the dialog.
            let _ = tell.send(picked.and_then(|path| path.into_path().ok()));
        };
        match ask {
            Ask::Folder => dialog.pick_folder(tell),
            Ask::File { extensions } => {
                let extensions: Vec<&str> = extensions.iter().map(String::as_str).collect();
                dialog.add_filter(extensions.join(", "), &extensions).pick_file(tell);
            }
            Ask::Place { extension, name } => {
                dialog.add_filter(extension, &[extension]).set_file_name(name).save_file(tell);
            }
        }
    }
}
