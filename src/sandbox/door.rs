//! How do both systems behave on the wire? Over a socket: HTTP in, an imitation behind it, and sometimes a cut connection.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request as Incoming, State};
use axum::http::{HeaderName, HeaderValue, Response as Outgoing, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::cut::{Cut, CutListener};
use super::in_process::{System, told_length};
use super::wire::Reply;
use crate::connector::{Clock, Request, Response};

/// Bytes of a request that are read.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What a server hands its requests to.
#[derive(Clone)]
pub(super) struct Door {
    /// The imitation.
    pub(super) system: Arc<dyn System>,
    /// Lets late answers wait.
    pub(super) clock: Arc<dyn Clock>,
}

/// Takes a port on loopback; 0 takes any free one.
///
/// # Errors
/// When the port cannot be had; the message names it and the system.
pub(super) async fn bind(system: &str, port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|problem| match problem.kind() {
        io::ErrorKind::AddrInUse => {
            io::Error::new(problem.kind(), format!("port `{port}` for {system} is in use: choose another, or 0 for any"))
        }
        kind => io::Error::new(kind, format!("port `{port}` for {system} cannot be opened: {problem}")),
    })
}

/// Serves until the sender of `stopped` is gone; requests at work get their answers.
pub(super) async fn run(listener: TcpListener, door: Door, mut stopped: watch::Receiver<()>) {
    let router = Router::new().fallback(answer).with_state(door);
    let service = router.into_make_service_with_connect_info::<Cut>();
    let signal = async move {
        // An error means that the sender is gone: that is the signal.
        while stopped.changed().await.is_ok() {}
    };
    if let Err(problem) = axum::serve(CutListener(listener), service).with_graceful_shutdown(signal).await {
        tracing::error!(%problem, "a sandbox server has ended");
    }
}

async fn answer(State(door): State<Door>, ConnectInfo(cut): ConnectInfo<Cut>, incoming: Incoming) -> Outgoing<Body> {
    let Some(request) = request(incoming).await else {
        return Outgoing::builder().status(StatusCode::PAYLOAD_TOO_LARGE).body(Body::empty()).unwrap_or_default();
    };
    let response = match door.system.handle(&request) {
        Reply::Answer(response) => response,
        Reply::After(time, response) => {
            door.clock.sleep(time).await;
            response
        }
        Reply::Drop => {
            cut.after(Vec::new());
            return Outgoing::default();
        }
    };
    if told_length(&response).is_some() {
        cut.after(half(&response));
        return Outgoing::default();
    }
    outgoing(response)
}

/// A request as the imitations take it; `None` when its body is too large or does not arrive.
async fn request(incoming: Incoming) -> Option<Request> {
    let (head, body) = incoming.into_parts();
    let body = to_bytes(body, MOST_BYTES).await.ok()?;
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<(String, String)> = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let host = headers.iter().find(|(name, _)| name == "host").map_or("localhost", |(_, host)| host);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    Some(Request { method: head.method.as_str().to_owned(), url: format!("http://{host}{path}"), headers, body: body.to_vec() })
}

fn outgoing(response: Response) -> Outgoing<Body> {
    let mut outgoing = Outgoing::new(Body::from(response.body));
    *outgoing.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &response.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            outgoing.headers_mut().append(name, value);
        }
    }
    outgoing
}

/// An answer whose body is shorter than it tells, as the bytes that a broken server would leave on the wire.
fn half(response: &Response) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Cut\r\n", response.status);
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), &response.body].concat()
}
