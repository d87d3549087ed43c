//! What is done with a text, pure and without a panic whatever it holds: folding it so that it is found, and reading
//! what stands in the search box.

pub mod day;
pub mod fold;
pub mod grams;
pub mod query;
mod tidy;

pub use tidy::tidy;
