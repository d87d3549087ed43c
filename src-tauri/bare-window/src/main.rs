//! What a Tauri window costs before a program does anything with it: one page, one command. Built as Shiwen is.

use std::time::Duration;

use tauri::AppHandle;

/// The page's second animation frame is on screen. Told, and after the milliseconds asked for the program ends.
#[tauri::command(async)]
fn page_shown(app: AppHandle) {
    eprintln!("interactive");
    let stays = std::env::var("SHIWEN_MEASURE_START").ok().and_then(|stays| stays.parse().ok());
    if let Some(stays) = stays {
        std::thread::sleep(Duration::from_millis(stays));
        app.exit(0);
    }
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![page_shown])
        .run(tauri::generate_context!())
}
