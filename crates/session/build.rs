//! Packs the window's message files: as they are they would be two hundred kilobytes of the program, a second time.

use std::{env, error::Error, fs, io::Write, path::Path};

use flate2::{Compression, write::ZlibEncoder};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    for language in ["zh-CN", "en"] {
        let path = format!("../../ui/messages/{language}.json");
        println!("cargo:rerun-if-changed={path}");
        let packed = fs::File::create(Path::new(&out).join(format!("{language}.json.z")))?;
        let mut packing = ZlibEncoder::new(packed, Compression::best());
        packing.write_all(&fs::read(path)?)?;
        packing.finish()?;
    }
    Ok(())
}
