//! Drawing where there is no graphics card.
//!
//! WebKitGTK then has the processor play one: each blink of a caret draws the whole window through it, a third of a core
//! for nothing, and a first search takes several times as long. Without the buffers that it shares with a card it draws
//! only what has changed.

use std::path::Path;

use gtk::glib;

/// Read by WebKitGTK when the first page opens; whoever has set it, to whatever, is right.
const WITHOUT_CARD: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Tells WebKitGTK where it has to draw without a card and was not told yet. To be called before there is a second
/// thread: others may be reading the environment then.
pub(crate) fn settle() {
    if has_card(Path::new("/dev/dri")) {
        return;
    }
    if let Err(error) = glib::setenv(WITHOUT_CARD, "1", false) {
        tracing::warn!(%error, "drawing may take much of the processor");
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
