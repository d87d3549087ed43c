//! The real program, driven through its real window: what a user sees and does, nothing mocked
//! but the services, which the sandbox plays. Needs a screen, a bus and WebKitWebDriver;
//! `cargo xtask test --only build,window` brings and builds what is missing.
#![cfg(target_os = "linux")]

mod app;
mod driver;
mod front;
mod hand;
mod large;
mod sink;
mod studio;
mod until;
mod walk;
mod world;

mod analysis;
mod anew;
mod anywhere;
mod attacks;
mod batch;
mod burst;
mod canary;
mod data;
mod download;
mod exports;
mod follow;
mod history;
mod hostile;
mod ime;
mod keeping;
mod keyboard;
mod keychain;
mod kill;
mod ledger;
mod library;
mod look;
mod opens;
mod play;
mod posts;
mod search;
mod start;
mod together;
mod transcribe;
mod tray;
mod views_rest;
mod views_texts;
