//! What is done with a text, pure and without a panic whatever it holds: folding it so that it is found, reading
//! what stands in the search box, tidying it, and comparing it with another.

mod compare;
pub mod day;
pub mod excerpt;
pub mod fold;
pub mod grams;
pub mod query;
pub mod seek;
mod tidy;

pub use compare::compare;
pub use tidy::tidy;
