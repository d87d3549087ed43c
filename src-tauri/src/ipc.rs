//! What only the window and the shell say to each other.

use serde::{Deserialize, Serialize};
use shiwen_core::{Download, Export, ProviderView, TaskChange, TaskPage, Timestamp};
use shiwen_session::{Language, Salvage, Settings};

/// What the window needs to know about the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct AppState {
    pub(crate) version: String,
    /// The system's language, for the setting that follows it: never `system` itself.
    pub(crate) language: Language,
    pub(crate) sandbox: bool,
    pub(crate) sandbox_url: Option<String>,
    /// Where the history is.
    pub(crate) data_dir: String,
    /// Where exports and downloads go while the settings name no folder.
    pub(crate) downloads_dir: String,
    /// The history cannot be opened: nothing else works until that is mended.
    pub(crate) problem: Option<StartProblem>,
    /// This process submits and follows the tasks; another one does otherwise.
    pub(crate) owner: bool,
    /// At least one provider is set up.
    pub(crate) has_provider: bool,
    pub(crate) task_count: u32,
    pub(crate) network: Network,
    /// The history was damaged, and the user has not been told what became of it.
    pub(crate) salvage: Option<SalvageNotice>,
    /// The history is damaged: nothing is submitted until the next start mends it.
    pub(crate) damaged: bool,
    /// There is a page where each version can be had by hand.
    pub(crate) download_page: bool,
}

/// Whether this machine can reach the services at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Network {
    Online,
    Offline,
}

impl From<shiwen_engine::Network> for Network {
    fn from(network: shiwen_engine::Network) -> Self {
        match network {
            shiwen_engine::Network::Online => Self::Online,
            shiwen_engine::Network::Offline { .. } => Self::Offline,
        }
    }
}

/// What became of a damaged history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct SalvageNotice {
    /// Tasks in the history now.
    pub(crate) tasks: u32,
    /// Of these, tasks that are uncertain because nobody can say whether they were submitted.
    pub(crate) doubted: u32,
    /// The time of the backup that filled the gaps, where there were gaps and a backup.
    pub(crate) from_backup: Option<Timestamp>,
    /// The damaged file.
    pub(crate) kept_at: String,
}

impl From<Salvage> for SalvageNotice {
    fn from(salvage: Salvage) -> Self {
        Self {
            tasks: salvage.tasks,
            doubted: salvage.doubted,
            from_backup: salvage.from_backup,
            kept_at: salvage.kept_at.display().to_string(),
        }
    }
}

/// Why the history cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct StartProblem {
    pub(crate) kind: StartProblemKind,
    pub(crate) path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StartProblemKind {
    /// Written by a newer version; left unchanged.
    Newer,
    /// Not a database, or a damaged one; left unchanged.
    Damaged,
    /// Another program holds it.
    Busy,
    /// The folder cannot be written, or the disk is full.
    Unwritable,
}

/// The first screen, handed over with the page so that it needs no question to Rust.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FirstScreen {
    pub(crate) app_state: AppState,
    pub(crate) settings: Settings,
    pub(crate) tasks: TaskPage,
    pub(crate) providers: Vec<ProviderView>,
}

/// What to put on the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CopyWhat {
    Text,
    Title,
    TitleText,
    TitleTextLink,
}

/// A file of the user's that a provider keeps now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct Uploaded {
    pub(crate) name: String,
    pub(crate) url: String,
}

/// A page of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProviderPage {
    Signup,
    Console,
}

/// Changes of tasks, in the order in which they were committed.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct TaskChanges(pub(crate) Vec<TaskChange>);

/// The network came or went.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct NetworkChanged(pub(crate) Network);

/// Somebody looked at the history's file, or met damage in it.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct HistoryChecked {
    pub(crate) damaged: bool,
}

/// Downloads that changed, in the order of their changes.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct DownloadChanges(pub(crate) Vec<Download>);

/// An export got on or ended.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct ExportChanged(pub(crate) Export);

/// What this desktop lets the program do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct Desktop {
    /// A tray icon is shown; without one the window cannot be hidden there.
    pub(crate) tray: bool,
    /// The desktop hands out keys that work from anywhere.
    pub(crate) shortcuts: bool,
    /// The shortcut of the settings is not in force: another program has it, or it is none.
    pub(crate) shortcut_taken: bool,
    /// The program opens at login; none where that cannot be arranged.
    pub(crate) autostart: Option<bool>,
    /// `rpm`, `deb`, … where a package manager owns the program.
    pub(crate) owned_by: Option<String>,
    /// Windows, macOS or Linux, as `std::env::consts::OS` has it.
    pub(crate) system: String,
}

/// Something that was copied elsewhere and could be extracted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct Offer {
    pub(crate) text: String,
    /// Of its links, without those that history has.
    pub(crate) links: Vec<shiwen_core::Link>,
}

/// A text that another program wants to be extracted, by a deep link; only the user says yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct Wish {
    pub(crate) text: String,
}

/// How it stands with newer versions of the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, specta::Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum Update {
    /// This build has no updater.
    Off,
    /// A package manager replaces the program.
    Owned,
    /// This is the newest, as far as is known.
    Current {
        checked_at: Option<Timestamp>,
    },
    Checking,
    /// There is a newer one.
    Found {
        version: String,
        notes: String,
    },
    Loading {
        version: String,
        received: f64,
        total: Option<f64>,
    },
    /// It is put in place when nothing that is paid for is on its way any more.
    Waiting {
        version: String,
        running: u32,
    },
    /// It was put in place; the next start is the new version.
    Ready {
        version: String,
    },
    /// No endpoint could be asked, or what came is not signed by us. `page` is where it can be had by hand.
    Failed {
        page: String,
    },
}

/// A link or text was copied elsewhere, or is no longer on the clipboard.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct ClipboardOffered(pub(crate) Option<Offer>);

/// The close button was pressed, and the user has not said yet what it does.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct CloseAsked;

/// Another program wants a text to be extracted.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct Wished(pub(crate) Wish);

/// The window is to put a text into its box and show it: the shortcut or the tray met a question that only the user can
/// answer. Nothing was submitted.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct TextCalled(pub(crate) String);

/// A file that was dropped on the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub(crate) struct DroppedFile {
    /// Without its folder.
    pub(crate) name: String,
    /// Bytes; none where it is no file that can be read.
    pub(crate) size: Option<u32>,
    /// None where it is too large, or cannot be read.
    pub(crate) content: Option<Vec<u8>>,
}

/// Files were dropped on the window, where the page cannot read them itself.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct FilesDropped(pub(crate) Vec<DroppedFile>);

/// The window is to show a task: its notification or its entry in the tray was clicked.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct TaskCalled(pub(crate) shiwen_core::TaskId);

/// It stands otherwise with newer versions.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub(crate) struct UpdateChanged(pub(crate) Update);
