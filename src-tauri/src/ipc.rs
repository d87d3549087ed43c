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
