//! The engine on a real file, with a played service, on a paused clock.

mod following;
mod keys;
mod lab;
mod money;
