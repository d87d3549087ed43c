//! A form with one file (`multipart/form-data`, RFC 7578), read from the disk while it is sent.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

use crate::{FilePart, SendError, body::Polled};

/// Bytes that are read from the disk at once.
const BLOCK: usize = 64 * 1024;

pub(crate) struct FormBody {
    front: Option<Bytes>,
    file: File,
    /// Bytes of the file that are still to be sent.
    left: u64,
    back: Option<Bytes>,
    block: Box<[u8]>,
    polled: Polled,
}

impl FormBody {
    /// Opens the file; answers the value of the form's `Content-Type` too.
    ///
    /// # Errors
    /// Nothing was sent: the file cannot be read, has another size than was said, or its name cannot be written.
    pub(crate) async fn open(part: &FilePart) -> Result<(Self, Polled, String), SendError> {
        // The path is the user's business, so an error does not name it.
        let unreadable = |err: io::Error| {
            SendError::not_allowed(format!("the file cannot be read: {}", err.kind()))
        };
        let file = File::open(&part.path).await.map_err(unreadable)?;
        let found = file.metadata().await.map_err(unreadable)?;
        if !found.is_file() || found.len() != part.size {
            return Err(SendError::not_allowed("the file is not what it was"));
        }
        if part.media_type.chars().any(char::is_control) {
            return Err(SendError::not_allowed("the type of the file cannot be sent"));
        }
        let boundary = boundary();
        let front = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            escaped(part.field),
            escaped(&part.name),
            part.media_type
        );
        let polled = Polled::new();
        let body = Self {
            front: Some(front.into()),
            file,
            left: part.size,
            back: Some(format!("\r\n--{boundary}--\r\n").into()),
            block: vec![0; BLOCK].into_boxed_slice(),
            polled: polled.clone(),
        };
        Ok((body, polled, format!("multipart/form-data; boundary={boundary}")))
    }
}

impl Body for FormBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = &mut *self;
        this.polled.mark();
        if let Some(front) = this.front.take() {
            return Poll::Ready(Some(Ok(Frame::data(front))));
        }
        if this.left == 0 {
            return Poll::Ready(this.back.take().map(|back| Ok(Frame::data(back))));
        }
        // A file that grew meanwhile is sent as long as it was.
        let most = usize::try_from(this.left).unwrap_or(BLOCK).min(BLOCK);
        let mut block = ReadBuf::new(&mut this.block[..most]);
        match Pin::new(&mut this.file).poll_read(context, &mut block) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(err)) => Poll::Ready(Some(Err(err))),
            Poll::Ready(Ok(())) if block.filled().is_empty() => {
                Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())))
            }
            Poll::Ready(Ok(())) => {
                let bytes = Bytes::copy_from_slice(block.filled());
                this.left -= bytes.len() as u64;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.back.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let ends = [&self.front, &self.back].into_iter().flatten().map(|end| end.len() as u64);
        SizeHint::with_exact(ends.sum::<u64>() + self.left)
    }
}

/// Nobody can have written it into a file beforehand.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("shiwen-{:016x}{:016x}", random(), random())
}

/// As browsers write names into forms.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '"' => escaped.push_str("%22"),
            '\r' => escaped.push_str("%0D"),
            '\n' => escaped.push_str("%0A"),
            letter if letter.is_control() => escaped.push('_'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(escaped("a\"b\r\nX: 1\0.mp4"), "a%22b%0D%0AX: 1_.mp4");
        assert_eq!(escaped("红烧肉.mp4"), "红烧肉.mp4");
    }

    #[tokio::test]
    async fn a_file_is_read_block_by_block_and_counted_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        let file: Vec<u8> = (0..BLOCK * 3 + 7).map(|n| (n % 251) as u8).collect();
        std::fs::write(&path, &file).unwrap();
        let part = FilePart {
            field: "file",
            path,
            name: "a.mp4".to_owned(),
            media_type: "video/mp4".to_owned(),
            size: file.len() as u64,
        };
        let (mut body, polled, _) = FormBody::open(&part).await.unwrap();
        let promised = body.size_hint().exact().unwrap();
        assert!(polled.proves_not_sent());
        let mut sent = Vec::new();
        while let Some(frame) =
            std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
        {
            let bytes = frame.unwrap().into_data().unwrap();
            assert!(bytes.len() <= BLOCK);
            sent.extend_from_slice(&bytes);
            assert_eq!(body.size_hint().exact(), Some(promised - sent.len() as u64));
        }
        assert!(body.is_end_stream() && !polled.proves_not_sent());
        assert_eq!(sent.len() as u64, promised);
        assert!(sent.windows(file.len()).any(|bytes| bytes == file));
    }

    #[test]
    fn no_two_boundaries_are_alike() {
        assert_ne!(boundary(), boundary());
    }
}
