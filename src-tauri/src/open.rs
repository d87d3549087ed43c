//! What is handed to the system's browser and to its other programs.

use std::path::Path;

use tauri::{AppHandle, Url};

use crate::error::{CommandError, ErrorCode};

/// Opens a web page in the system's browser.
pub(crate) fn page(app: &AppHandle, url: &str) -> Result<(), CommandError> {
    let Some(url) = allowed(url) else {
        return Err(CommandError::plain(ErrorCode::OpenRefused, "not a web page"));
    };
    system::page(app, &url).map_err(|error| CommandError::new(ErrorCode::OpenRefused, &error))
}

/// Opens a file or a folder with the program that the system has for it.
pub(crate) fn path(app: &AppHandle, path: &Path) -> Result<(), CommandError> {
    system::path(app, path).map_err(|error| CommandError::new(ErrorCode::OpenRefused, &error))
}

/// Shows a file in its folder. Waits for whoever shows it, who may have to be started first.
pub(crate) fn in_folder(app: &AppHandle, path: &Path) -> Result<(), CommandError> {
    system::in_folder(app, path).map_err(|error| CommandError::new(ErrorCode::OpenRefused, &error))
}

/// Only http and https, with a host and without user info: the system itself checks nothing.
fn allowed(url: &str) -> Option<Url> {
    let url = Url::parse(url).or_else(|_| Url::parse(&format!("https://{url}"))).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    (matches!(url.scheme(), "http" | "https") && plain).then_some(url)
}

#[cfg(target_os = "linux")]
mod system {
    //! By GIO, which knows the desktop's programs and, in a box, asks the portal.

    use std::path::Path;

    use gtk::{
        gio::{AppInfo, AppLaunchContext, File},
        glib::{self, prelude::*},
        prelude::{AppLaunchContextExt, FileExt},
    };
    use tauri::{AppHandle, Url};

    use crate::{
        bus::{self, Peer},
        webkit,
    };

    /// <https://www.freedesktop.org/wiki/Specifications/file-manager-interface/>
    const FILES: Peer<'static> = Peer {
        name: "org.freedesktop.FileManager1",
        path: "/org/freedesktop/FileManager1",
        interface: "org.freedesktop.FileManager1",
    };

    pub(super) fn page(_app: &AppHandle, url: &Url) -> Result<(), glib::Error> {
        launch(url.as_str())
    }

    pub(super) fn path(_app: &AppHandle, path: &Path) -> Result<(), glib::Error> {
        launch(&File::for_path(path).uri())
    }

    pub(super) fn in_folder(app: &AppHandle, file: &Path) -> Result<(), glib::Error> {
        let shown = (vec![File::for_path(file).uri().as_str()], "").to_variant();
        let told = bus::session().and_then(|bus| FILES.call(&bus, "ShowItems", &shown, None));
        match (told, file.parent()) {
            (Err(error), Some(folder)) => {
                tracing::info!(%error, "nobody shows a file among others");
                path(app, folder)
            }
            (told, _) => told.map(drop),
        }
    }

    fn launch(address: &str) -> Result<(), glib::Error> {
        let context = AppLaunchContext::new();
        // Told to the engine of our own page, not to that of a browser.
        for name in webkit::TOLD {
            context.unsetenv(name);
        }
        AppInfo::launch_default_for_uri(address, Some(&context))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::path::Path;

    use tauri::{AppHandle, Url};
    use tauri_plugin_opener::{Error, OpenerExt};

    pub(super) fn page(app: &AppHandle, url: &Url) -> Result<(), Error> {
        app.opener().open_url(url, None::<&str>)
    }

    pub(super) fn path(app: &AppHandle, path: &Path) -> Result<(), Error> {
        app.opener().open_path(path.to_string_lossy(), None::<&str>)
    }

    pub(super) fn in_folder(app: &AppHandle, file: &Path) -> Result<(), Error> {
        app.opener().reveal_item_in_dir(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_pages_are_opened() {
        for (url, is_allowed) in [
            ("https://v.douyin.com/iRk3xQ7_p2A/", true),
            ("http://xhslink.com/a/Qz81nLwK3", true),
            ("b23.tv/t7Kq2Lm", true),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("https://v.douyin.com@evil.example/", false),
            ("snssdk1128://aweme/detail/1", false),
            ("", false),
        ] {
            assert_eq!(allowed(url).is_some(), is_allowed, "{url}");
        }
    }
}
