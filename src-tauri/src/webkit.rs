//! What WebKitGTK is told through the environment before it starts processes of its own.
//!
//! Where there is no graphics card it has the processor play one: each blink of a caret draws the whole window through it,
//! a third of a core for nothing, and a first search takes several times as long. Without the buffers that it shares with
//! a card it draws only what has changed.
//!
//! Before its first page it also loads the drivers into the program itself, only to learn which device they draw with.
//! Without a card that is Mesa with all of LLVM: 20 ms of every start, 24 MB, and no device. So our own process knows no
//! drivers there; the page's process, which does not start without them, does. To name the device in
//! `WEBKIT_WEB_RENDER_DEVICE_FILE` would spare them too, but nothing of the desktop's settings reaches the page then: no
//! dark theme, no reduced motion.
//!
//! Its optimizing compiler is for scripts that run hot for long. Ours wait for the user: it took 5 MB of memory to have
//! the words of a search marked in 23 ms instead of 26.

use std::path::Path;

use gtk::glib;

/// Read when the first page opens.
const WITHOUT_CARD: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// Where EGL finds the drivers, read once in each process that asks it anything
/// (<https://github.com/NVIDIA/libglvnd/blob/master/src/EGL/icd_enumeration.md>).
const DRIVERS: &str = "__EGL_VENDOR_LIBRARY_FILENAMES";
/// An option of JavaScriptCore (`useDFGJIT` in its `OptionsList.h`), read when a process of a page starts.
const OPTIMIZES: &str = "JSC_useDFGJIT";

/// All that may have been told.
pub(crate) const TOLD: [&str; 2] = [WITHOUT_CARD, OPTIMIZES];

/// Tells it all that; whoever has set one of these, to whatever, is right. To be called before there is a second thread:
/// others may be reading the environment then.
pub(crate) fn settle() {
    set(OPTIMIZES, "0");
    if !has_card(Path::new("/dev/dri")) {
        set(WITHOUT_CARD, "1");
        know_no_drivers();
    }
}

/// Has EGL look for drivers in this process while there are none, which what is started later does not inherit.
fn know_no_drivers() {
    if std::env::var_os(DRIVERS).is_some() {
        return;
    }
    set(DRIVERS, "/dev/null");
    let egl = khronos_egl::Instance::new(khronos_egl::Static);
    // Any question has it look, and this one needs no answer.
    let _ = egl.query_string(None, khronos_egl::EXTENSIONS);
    glib::unsetenv(DRIVERS);
}

fn set(name: &str, value: &str) {
    if let Err(error) = glib::setenv(name, value, false) {
        tracing::warn!(%error, name, "the page may take more than it needs");
    }
}

/// Whether the system has a card that draws: each one has a node `renderD…`.
fn has_card(nodes: &Path) -> bool {
    let Ok(nodes) = nodes.read_dir() else { return false };
    nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_that_can_draw() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        assert!(!has_card(&folder.path().join("dri")));
        std::fs::write(folder.path().join("card0"), "")?;
        assert!(!has_card(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "")?;
        assert!(has_card(folder.path()));
        Ok(())
    }
}
