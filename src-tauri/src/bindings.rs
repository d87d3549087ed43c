//! The list of commands and events, and their TypeScript.

use std::sync::Arc;

use tauri::ipc::Invoke;
use tauri_specta::{Builder, collect_events};

use crate::{
    background, commands,
    ipc::{
        ClipboardOffered, CloseAsked, DownloadChanges, ExportChanged, FilesDropped, HistoryChecked,
        NetworkChanged, TaskCalled, TaskChanges, TextCalled, UpdateChanged, Wished,
    },
};

/// Every command that has TypeScript; what is made of the list differs.
macro_rules! all_commands {
    ($($make:ident)::+) => { $($make)::+![
        commands::app::app_state,
        commands::app::page_begun,
        commands::app::page_shown,
        commands::app::enter_sandbox,
        commands::app::leave_sandbox,
        commands::app::open_data_folder,
        commands::app::data_size,
        commands::app::settings,
        commands::app::save_settings,
        commands::app::salvage_told,
        commands::links::detect_links,
        commands::links::resolve_links,
        commands::links::create_tasks,
        commands::links::forms,
        commands::links::order,
        commands::links::follow_remote,
        commands::tasks::tasks,
        commands::tasks::task,
        commands::tasks::retry_task,
        commands::tasks::cancel_task,
        commands::tasks::resume_task,
        commands::tasks::check_task,
        commands::tasks::adopt_task,
        commands::tasks::resend_task,
        commands::tasks::look_up,
        commands::tasks::give_up_task,
        commands::tasks::delete_task,
        commands::tasks::restore_task,
        commands::tasks::cover,
        commands::pastes::paste,
        commands::pastes::pause_paste,
        commands::pastes::resume_paste,
        commands::pastes::cancel_waiting,
        commands::pastes::retry_failed,
        commands::pastes::name_paste,
        commands::clipboard::copy_task,
        commands::clipboard::copy_text,
        commands::clipboard::copy_diagnostics,
        commands::clipboard::read_clipboard,
        commands::desktop::desktop,
        commands::desktop::set_autostart,
        commands::desktop::answer_close,
        commands::desktop::offered,
        commands::desktop::decline_offer,
        commands::desktop::wished,
        commands::pages::open_video,
        commands::pages::open_page,
        commands::pages::open_provider,
        commands::providers::providers,
        commands::providers::save_provider,
        commands::providers::forget_provider,
        commands::providers::test_provider,
        commands::providers::save_daily_limit,
        commands::providers::lift_daily_limit,
        commands::collections::collections,
        commands::collections::collection_call,
        commands::collections::upload_file,
        commands::media::media_type,
        commands::media::picture,
        commands::media::start_download,
        commands::media::cancel_download,
        commands::media::resume_download,
        commands::media::downloads,
        commands::media::open_download,
        commands::media::show_download,
        commands::media::choose_download_folder,
        commands::health::health,
        commands::health::spend_month,
        commands::health::save_spend,
        commands::health::test_network,
        commands::health::copy_whole_diagnostics,
        commands::health::open_log,
        commands::history::tasks_at,
        commands::history::search,
        commands::history::count_found,
        commands::history::tags,
        commands::history::star_tasks,
        commands::history::tag_tasks,
        commands::history::save_note,
        commands::trash::trash_tasks,
        commands::trash::restore_trashed,
        commands::trash::trash,
        commands::trash::restore_tasks,
        commands::trash::delete_for_ever,
        commands::trash::empty_trash,
        commands::versions::save_text,
        commands::versions::restore_text,
        commands::versions::delete_text,
        commands::versions::compare,
        commands::versions::preview_tidy,
        commands::versions::save_tidied,
        commands::export::start_export,
        commands::export::cancel_export,
        commands::export::exports,
        commands::export::choose_export_path,
        commands::export::open_export,
        commands::export::show_export,
        commands::export::preview_template,
        commands::export::copy_table,
        commands::upkeep::make_backup,
        commands::upkeep::save_backup_as,
        commands::upkeep::backups,
        commands::upkeep::choose_backup,
        commands::upkeep::restore_backup,
        commands::upkeep::choose_import_file,
        commands::upkeep::import_file,
        commands::upkeep::rebuild_index,
        commands::upkeep::delete_everything,
        commands::updates::update,
        commands::updates::check_update,
        commands::updates::install_update,
        commands::updates::open_download_page,
    ] };
}

/// Describes all of them. Not part of the program, since the types of everything that is said would come with it.
#[cfg_attr(not(test), expect(dead_code, reason = "the bindings are written by a test"))]
fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .commands(all_commands!(tauri_specta::collect_commands))
        .events(collect_events![
            TaskChanges,
            DownloadChanges,
            NetworkChanged,
            HistoryChecked,
            ExportChanged,
            ClipboardOffered,
            CloseAsked,
            Wished,
            TaskCalled,
            TextCalled,
            FilesDropped,
            UpdateChanged
        ])
        // One TypeScript type per Rust type: what goes in has the same shape as what comes out.
        .disable_serde_phases()
}

/// The commands that answer with bare bytes, for which there is no TypeScript to write; `ipc.ts` calls them by name.
pub(crate) const RAW: &[&str] = &["media"];

/// Handles every command of the window, each in a task of the runtime: none of them may keep the window's own thread
/// busy. Tauri's `command(async)` does that too, with several kilobytes of code for each command.
pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    type Handler = Arc<dyn Fn(Invoke) -> bool + Send + Sync>;
    let typed: Handler = Arc::new(all_commands!(tauri::generate_handler));
    let raw: Handler = Arc::new(tauri::generate_handler![commands::media::media]);
    move |invoke| {
        let command = invoke.message.command();
        if !include_str!("../commands.txt").lines().any(|known| known == command) {
            return false;
        }
        let handler = if RAW.contains(&command) { &raw } else { &typed }.clone();
        background::spawn(async move {
            handler(invoke);
        });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use specta_typescript::Typescript;

    /// The committed file is what the Rust side says today. A difference is written, so that it only needs a commit.
    #[test]
    fn bindings_are_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/bindings.ts");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        let fresh = tempfile::NamedTempFile::new().unwrap();
        builder().export(Typescript::default(), fresh.path()).unwrap();
        let fresh = std::fs::read_to_string(fresh.path()).unwrap();
        if fresh != committed {
            std::fs::write(path, &fresh).unwrap();
            panic!("ui/src/bindings.ts was out of date; it has been written anew, commit it");
        }
    }

    #[test]
    fn every_command_has_its_permission() {
        let listed = include_str!("../commands.txt");
        let source = include_str!("bindings.rs");
        let commands: Vec<&str> = source
            .lines()
            .filter_map(|line| {
                line.trim().strip_prefix("commands::")?.strip_suffix(',')?.split("::").nth(1)
            })
            .collect();
        let commands: Vec<&str> = commands.into_iter().chain(RAW.iter().copied()).collect();
        assert_eq!(listed.lines().collect::<Vec<_>>(), commands);
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/main.json")).unwrap();
        // Nothing of the disk, the shell, other programs, dialogs or the clipboard but through these commands.
        let allow = |command: &str| format!("allow-{}", command.replace('_', "-"));
        let events = ["core:event:allow-listen", "core:event:allow-unlisten"].map(str::to_owned);
        let mut wanted: Vec<String> =
            events.into_iter().chain(commands.into_iter().map(allow)).collect();
        let mut allowed: Vec<String> =
            serde_json::from_value(capability["permissions"].clone()).unwrap();
        wanted.sort_unstable();
        allowed.sort_unstable();
        assert_eq!(allowed, wanted);
        assert_eq!(capability["windows"], serde_json::json!(["main"]));
        // Neither for pages of elsewhere nor for views of their own.
        let names: Vec<&String> = capability.as_object().unwrap().keys().collect();
        assert_eq!(names, ["$schema", "description", "identifier", "permissions", "windows"]);
    }

    /// What keeps markup that got into the page from doing anything, set once for all windows.
    #[test]
    fn the_page_has_the_one_capability_and_a_strict_policy() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src-tauri/capabilities");
        let files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(files, ["main.json"]);
        let config: serde_json::Value =
            serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        let app = &config["app"];
        assert_eq!(app["withGlobalTauri"], false);
        let security = app["security"].as_object().unwrap();
        let names: Vec<&String> = security.keys().collect();
        assert_eq!(names, ["capabilities", "csp", "freezePrototype"]);
        assert_eq!(security["capabilities"], serde_json::json!(["main"]));
        assert_eq!(security["freezePrototype"], true);
        let policy = security["csp"].as_object().unwrap();
        assert_eq!(policy["default-src"], "'self'");
        for (directive, sources) in policy {
            for source in sources.as_str().unwrap().split(' ') {
                let known = match source {
                    "'self'" | "'none'" => true,
                    "ipc:" | "http://ipc.localhost" => directive == "connect-src",
                    "data:" => directive == "img-src",
                    "blob:" => directive == "img-src" || directive == "media-src",
                    _ => false,
                };
                assert!(known, "{directive} {source}");
            }
        }
        for shut in ["object-src", "base-uri", "form-action", "frame-src"] {
            assert_eq!(policy[shut], "'none'", "{shut}");
        }
    }
}
