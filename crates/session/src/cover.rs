//! Covers: fetched once from an address that a provider named, kept with the history, shown as `data:`.

use shiwen_core::TaskId;
use shiwen_engine::EngineError;
use shiwen_store::StoreError;
use url::Url;

use crate::Session;

/// Largest cover that is kept, in bytes.
pub(crate) const LARGEST: usize = 2 * 1024 * 1024;

impl Session {
    /// The task's cover as a `data:` URL; none where it has none, or none that can be had.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn cover(&self, id: TaskId) -> Result<Option<String>, EngineError> {
        let file = self.cover_file(id).await?;
        Ok(file.map(|(media_type, bytes)| data_url(&media_type, &bytes)))
    }

    /// The same as media type and bytes.
    pub(crate) async fn cover_file(
        &self,
        id: TaskId,
    ) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let store = self.engine.store();
        if let Some(kept) = store.cover(id)? {
            return Ok(Some(kept));
        }
        let Some(url) = store.task(id)?.found.cover_url.and_then(|url| Url::parse(&url).ok())
        else {
            return Ok(None);
        };
        let fetched = match self.sender.fetch_public(&url, LARGEST).await {
            Ok(fetched) => fetched,
            Err(error) => {
                tracing::info!(task = %id, %error, "no cover");
                return Ok(None);
            }
        };
        // The bytes decide what it is; what the host says of them is not to be trusted.
        let Some(media_type) = picture(&fetched.body) else { return Ok(None) };
        store.save_cover(id, media_type, &fetched.body)?;
        Ok(Some((media_type.to_owned(), fetched.body)))
    }
}

/// The media type of a raster picture by its first bytes. SVG is none: it can hold scripts.
pub(crate) fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

pub(crate) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_raster_pictures_are_covers() {
        assert_eq!(picture(b"\x89PNG\r\n\x1a\n"), Some("image/png"));
        assert_eq!(picture(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
        assert_eq!(picture(b"<html>"), None);
        assert_eq!(picture(b""), None);
    }
}
