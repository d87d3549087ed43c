//! Lists the commands, so that each needs a permission of its own, and points Tauri at the capability.

fn main() {
    let commands = include_str!("commands.txt");
    println!("cargo:rerun-if-changed=src-tauri/commands.txt");
    let names: Vec<&'static str> = commands.lines().filter(|line| !line.is_empty()).collect();
    let manifest = tauri_build::AppManifest::new().commands(names.leak());
    let attributes = tauri_build::Attributes::new()
        .app_manifest(manifest)
        .capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        // The whole chain: Tauri's own message alone often names no cause.
        println!("cargo:warning={error:?}");
        std::process::exit(1);
    }
}
