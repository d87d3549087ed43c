//! Where the program's own words go: into the log file of the data folder, and to whoever started it from a terminal.

use std::sync::Arc;

use shiwen_session::{LogFile, log_layer};
use tracing_subscriber::{
    Layer, filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::{arguments, diagnostics};

/// From here on everything is heard. Nothing is opened yet: a second start that hands its wish over leaves no line.
pub(crate) fn begin(file: Arc<LogFile>) {
    let terminal = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_filter(LevelFilter::from_level(arguments::log_level()));
    tracing_subscriber::registry().with(terminal).with(log_layer(file)).init();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // What it says may hold anything, where it was holds nothing of the user's.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panicked");
        usual(panic);
    }));
}

/// What every log is read by.
pub(crate) fn started(sandbox: bool) {
    let webview = tauri::webview_version().unwrap_or_default();
    let (version, system) = (env!("CARGO_PKG_VERSION"), diagnostics::system());
    tracing::info!(version, system, webview, sandbox, "started");
}
