//! The accept loop. Axum routes; the connections are served here, so that an answer can be a closed connection.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, extract::Request};
use futures_util::FutureExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinSet,
};
use tower::ServiceExt;

use crate::trouble::Cut;

/// Serves until `stop` resolves, which it also does when its sender is dropped. All connections end with it.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: oneshot::Receiver<()>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, router.clone()).boxed());
                }
                Err(error) => {
                    tracing::warn!(%error, "the sandbox could not accept a connection");
                    // Out of file handles, most likely: wait for some connections to end.
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            },
        }
    }
    connections.shutdown().await;
}

async fn serve_connection(stream: TcpStream, router: Router) {
    // A small answer in two writes would otherwise wait for the client's delayed acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY in the sandbox");
    }
    let reset = Arc::new(AtomicBool::new(false));
    let answer = |request: Request<Incoming>| {
        let answer = router.clone().oneshot(request);
        let reset = Arc::clone(&reset);
        async move {
            let Ok(response) = answer.await;
            match response.extensions().get::<Cut>() {
                None => Ok(response),
                Some(cut) => {
                    reset.store(*cut == Cut::Reset, Ordering::Relaxed);
                    Err(CutOff)
                }
            }
        }
    };
    let mut connection =
        http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
    if let Err(error) = (&mut connection).await {
        tracing::debug!(%error, "a connection of the sandbox ended");
    }
    if reset.load(Ordering::Relaxed)
        && let Err(error) = connection.into_parts().io.inner().set_zero_linger()
    {
        tracing::debug!(%error, "the connection is closed instead of reset");
    }
}

/// The scenario wanted no answer.
#[derive(Debug)]
struct CutOff;

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut off as the scenario asks")
    }
}

impl std::error::Error for CutOff {}
