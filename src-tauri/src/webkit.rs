//! What WebKitGTK is told through the environment before it starts processes of its own.
//!
//! Where there is no graphics card it has the processor play one: each blink of a caret draws the whole window through it,
//! a third of a core for nothing, and a first search takes several times as long. Without the buffers that it shares with
//! a card it draws only what has changed.
//!
//! Before its first page it also loads the drivers, only to learn which device they draw with. Without a card that is Mesa
//! with all of LLVM: 20 ms of every start, 24 MB of the program's own memory, and no device. Whoever names one is not
//! asked (`drmRenderNodeDevice` in its `DRMDevice.cpp`), and one that is none changes nothing else.
//!
//! Its optimizing compiler is for scripts that run hot for long. Ours wait for the user: it took 5 MB of memory to have
//! the words of a search marked in 23 ms instead of 26.

use std::path::Path;

use gtk::glib;

/// Read when the first page opens.
const WITHOUT_CARD: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
/// Read by the program itself, and opened by the page's process where it shares buffers with a card.
const DEVICE: &str = "WEBKIT_WEB_RENDER_DEVICE_FILE";
const NO_DEVICE: &str = "/dev/null";
/// An option of JavaScriptCore (`useDFGJIT` in its `OptionsList.h`), read when a process of a page starts.
const OPTIMIZES: &str = "JSC_useDFGJIT";

/// All that may have been told.
pub(crate) const TOLD: [&str; 3] = [WITHOUT_CARD, DEVICE, OPTIMIZES];

/// Tells it all that; whoever has set one of these, to whatever, is right. To be called before there is a second thread:
/// others may be reading the environment then.
pub(crate) fn settle() {
    set(OPTIMIZES, "0");
    if !has_card(Path::new("/dev/dri")) {
        set(WITHOUT_CARD, "1");
        set(DEVICE, NO_DEVICE);
    }
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
