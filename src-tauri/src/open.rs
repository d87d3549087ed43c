//! What may be handed to the system's browser.

use tauri::{AppHandle, Url};
use tauri_plugin_opener::OpenerExt;

use crate::error::{CommandError, ErrorCode};

/// Opens a web page in the system's browser.
pub(crate) fn page(app: &AppHandle, url: &str) -> Result<(), CommandError> {
    let Some(url) = allowed(url) else {
        return Err(CommandError::plain(ErrorCode::OpenRefused, "not a web page"));
    };
    app.opener()
        .open_url(url, None::<&str>)
        .map_err(|error| CommandError::new(ErrorCode::OpenRefused, &error))
}

/// Only http and https, with a host and without user info: the opener itself checks nothing.
fn allowed(url: &str) -> Option<Url> {
    let url = Url::parse(url).or_else(|_| Url::parse(&format!("https://{url}"))).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    (matches!(url.scheme(), "http" | "https") && plain).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_pages_are_opened() {
        for (url, is_allowed) in [
            ("https://v.douyin.com/iRk3xQ7_p2A/", true),
            ("http://xhslink.com/a/Qz81nLwK3", true),
            ("b23.tv/t7Kq2Lm", true),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("https://v.douyin.com@evil.example/", false),
            ("snssdk1128://aweme/detail/1", false),
            ("", false),
        ] {
            assert_eq!(allowed(url).is_some(), is_allowed, "{url}");
        }
    }
}
