//! JSON as scripts want to read it.

use std::io::Write;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

/// One line of JSON. Whole numbers are written as such, although sizes and times are floats in the types that the
/// window shares: `128`, not `128.0`.
pub(crate) fn line(value: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, WholeNumbers))?;
    // The serializer writes text only.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct WholeNumbers;

impl Formatter for WholeNumbers {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        /// From here on a float no longer tells a whole number from its neighbours.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() < EXACT {
            return write!(writer, "{}", value as i64);
        }
        CompactFormatter.write_f64(writer, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_no_point_and_all_others_stay() {
        let numbers = [0.0, 50.0, -3.0, 0.5, 1e300, f64::NAN, 1_770_177_906_000.0];
        let said = line(&serde_json::json!({ "a": 1, "b": "2.0" })).unwrap();
        assert_eq!(said, r#"{"a":1,"b":"2.0"}"#);
        assert_eq!(line(&numbers).unwrap(), "[0,50,-3,0.5,1e+300,null,1770177906000]");
    }
}
