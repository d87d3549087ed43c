// The same mark as Shiwen's page sets: its second frame has reached Rust.
requestAnimationFrame(() => requestAnimationFrame(() => window.__TAURI_INTERNALS__.invoke('page_shown')));
