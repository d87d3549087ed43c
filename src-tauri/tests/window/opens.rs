//! Pages, folders and files, handed to the desktop's own programs.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use gtk::gio::{
    Cancellable, DBusAuthObserver, DBusCallFlags, DBusConnection, DBusConnectionFlags, DBusNodeInfo,
};
use gtk::glib::{self, MainContext, prelude::*};
use serde_json::json;
use shiwen_headless::Desktop;

use crate::app::SOON;
use crate::until::until_true;
use crate::world::World;

const FILES: &str = "org.freedesktop.FileManager1";
const FILES_PATH: &str = "/org/freedesktop/FileManager1";

#[test]
fn pages_and_folders_open_in_the_programs_that_the_desktop_has_for_them() -> io::Result<()> {
    let world = World::start()?;
    let opened = Opened::kept(&world.desktop)?;
    let app = world.sandboxed()?;

    app.call("open_page", json!({ "url": "https://www.douyin.com/video/1?a=1&b=%E4%B8%80" }))?;
    opened.see("https://www.douyin.com/video/1?a=1&b=%E4%B8%80")?;

    app.call("open_data_folder", json!({}))?;
    opened.see("/我的 文案/")?;

    assert!(app.call("open_page", json!({ "url": "file:///etc/passwd" })).is_err());
    assert!(!opened.said().contains("passwd"));
    Ok(())
}

#[test]
fn a_file_is_shown_by_the_file_manager_or_else_its_folder_is_opened() -> io::Result<()> {
    let world = World::start()?;
    let opened = Opened::kept(&world.desktop)?;
    let shown = file_manager(&world.desktop)?;
    let app = world.sandboxed()?;

    app.call("open_log", json!({}))?;
    let uris = shown.recv_timeout(SOON).map_err(io::Error::other)?;
    assert!(matches!(&uris[..], [uri] if uri.ends_with("/logs/shiwen.log")), "{uris:?}");
    assert_eq!(opened.said(), "");

    // It refuses from now on, since nobody takes what it is told.
    drop(shown);
    app.call("open_log", json!({}))?;
    opened.see("/logs\n")
}

/// A program that notes what it is to open, the usual one for pages and folders.
struct Opened(PathBuf);

impl Opened {
    fn kept(desktop: &Desktop) -> io::Result<Opened> {
        let home = desktop.home();
        let (programs, settings) = (home.join(".local/share/applications"), home.join(".config"));
        fs::create_dir_all(&programs)?;
        fs::create_dir_all(&settings)?;
        let (note, program) = (home.join("opened.txt"), home.join("note.sh"));
        let script = format!("#!/bin/sh\necho \"$1\" >> '{}'\n", note.display());
        fs::write(&program, script)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        let types = ["x-scheme-handler/https", "inode/directory"];
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Note\nExec={} %u\nMimeType={};\n",
            program.display(),
            types.join(";")
        );
        fs::write(programs.join("note.desktop"), entry)?;
        let usual = types.map(|it| format!("{it}=note.desktop\n")).concat();
        fs::write(settings.join("mimeapps.list"), format!("[Default Applications]\n{usual}"))?;
        Ok(Opened(note))
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.0).unwrap_or_default()
    }

    fn see(&self, part: &str) -> io::Result<()> {
        let seen = until_true(part, SOON, || io::Result::Ok(self.said().contains(part)));
        seen.map_err(|err| io::Error::other(format!("{err}: {:?}", self.said())))
    }
}

/// What is shown by a file manager on the desktop's bus, for as long as somebody takes it.
fn file_manager(desktop: &Desktop) -> io::Result<Receiver<Vec<String>>> {
    let address = format!("unix:path={}", desktop.home().join("run/bus").display());
    let (tell, told) = channel();
    let (ready, is_ready) = channel();
    thread::spawn(move || -> io::Result<()> {
        let context = MainContext::new();
        let serve = || serve(&address, move |uris| tell.send(uris).is_ok());
        let served = context.with_thread_default(serve).map_err(io::Error::other)?;
        let _bus = served.map_err(io::Error::other)?;
        let _ = ready.send(());
        loop {
            context.iteration(true);
        }
    });
    is_ready.recv_timeout(SOON).map_err(io::Error::other)?;
    Ok(told)
}

fn serve(
    address: &str,
    show: impl Fn(Vec<String>) -> bool + Send + Sync + 'static,
) -> Result<DBusConnection, glib::Error> {
    let flags =
        DBusConnectionFlags::AUTHENTICATION_CLIENT | DBusConnectionFlags::MESSAGE_BUS_CONNECTION;
    let anybody = None::<&DBusAuthObserver>;
    let bus = DBusConnection::for_address_sync(address, flags, anybody, Cancellable::NONE)?;
    let node = DBusNodeInfo::for_xml(
        "<node><interface name='org.freedesktop.FileManager1'><method name='ShowItems'>\
         <arg type='as' direction='in'/><arg type='s' direction='in'/></method></interface></node>",
    )?;
    if let Some(interface) = node.lookup_interface(FILES) {
        bus.register_object(
            FILES_PATH,
            &interface,
            move |_, _, _, _, _, given, invocation| {
                let uris = given.get::<(Vec<String>, String)>().map(|(uris, _)| uris);
                match uris.is_some_and(&show) {
                    true => invocation.return_value(None),
                    false => invocation.return_dbus_error("org.example.Refused", "not now"),
                }
            },
            |_, _, _, _, _| ().to_variant(),
            |_, _, _, _, _, _| false,
        )?;
    }
    let who = "org.freedesktop.DBus";
    bus.call_sync(
        Some(who),
        "/org/freedesktop/DBus",
        who,
        "RequestName",
        Some(&(FILES, 0_u32).to_variant()),
        None,
        DBusCallFlags::NONE,
        -1,
        Cancellable::NONE,
    )?;
    Ok(bus)
}
