//! Lists the commands, so that each needs a permission of its own, and points Tauri at the capability.

fn main() {
    let commands = include_str!("commands.txt");
    println!("cargo:rerun-if-changed=src-tauri/commands.txt");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
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
    if packs_relocations() {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Half a megabyte of a release lists where its own addresses stand. Packed it is some kilobytes, which glibc reads from
/// 2.36 on; what is built where that is older must run there too.
fn packs_relocations() -> bool {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    if !is("PROFILE", "release") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return false;
    }
    let here = std::env::var("HOST").is_ok_and(|host| is("TARGET", &host));
    let asked = std::process::Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let said = asked.map(|answer| answer.stdout).unwrap_or_default();
    let version = String::from_utf8_lossy(&said)
        .trim()
        .strip_prefix("glibc 2.")
        .and_then(|minor| minor.parse::<u32>().ok());
    here && version.is_some_and(|minor| minor >= 36)
}
