//! Sockets: what left and what did not, redirects, cookies, sizes, and a connection that breaks.

use crosswalk::connector::{HttpSettings, HttpTransport, Request, Transport, TransportError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wiremock::matchers::{body_string, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn get(url: String) -> Request {
    Request { method: "GET".to_owned(), url, ..Request::default() }
}

fn client(most_bytes: usize) -> HttpTransport {
    HttpTransport::new(HttpSettings { most_bytes, ..HttpSettings::default() }).unwrap()
}

/// A server that reads one request, says this much, and hangs up.
async fn server_that_says(words: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        let _ = socket.read(&mut request).await.unwrap();
        socket.write_all(words.as_bytes()).await.unwrap();
    });
    format!("http://{address}/x")
}

#[tokio::test]
async fn a_request_goes_out_as_it_is_and_the_answer_comes_as_it_was() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(204).append_header("Set-Cookie", "a=1; path=/").append_header("Set-Cookie", "b=2");
    let wanted = Mock::given(method("PATCH"))
        .and(path("/a%20b/sync"))
        .and(query_param("filters[id]", "1+2"))
        .and(header("x-one", "1"))
        .and(body_string("{}"));
    wanted.respond_with(answer).expect(1).mount(&server).await;
    let request = Request {
        method: "PATCH".to_owned(),
        url: format!("{}/a%20b/sync?filters%5Bid%5D=1%2B2", server.uri()),
        headers: vec![("x-one".to_owned(), "1".to_owned())],
        body: b"{}".to_vec(),
    };
    let response = client(1_000).send(request).await.unwrap();
    let cookies: Vec<_> = response.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect();
    assert_eq!((response.status, cookies), (204, vec!["a=1; path=/", "b=2"]));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_an_empty_post_may_state_its_length() {
    let server = MockServer::start().await;
    let there = ResponseTemplate::new(302).insert_header("Location", "/elsewhere");
    Mock::given(method("POST")).and(path("/logout")).and(header("content-length", "0")).respond_with(there).expect(1).mount(&server).await;
    Mock::given(path("/elsewhere")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    let headers = vec![("content-length".to_owned(), "0".to_owned())];
    let request = Request { method: "POST".to_owned(), url: format!("{}/logout", server.uri()), headers, body: Vec::new() };
    assert_eq!(client(1_000).send(request).await.unwrap().status, 302);
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_given_up() {
    let server = MockServer::start().await;
    Mock::given(path("/large")).respond_with(ResponseTemplate::new(200).set_body_string("x".repeat(2_000))).mount(&server).await;
    let url = format!("{}/large", server.uri());
    assert_eq!(client(1_999).send(get(url.clone())).await, Err(TransportError::TooLarge(1_999)));
    assert_eq!(client(2_000).send(get(url)).await.unwrap().body.len(), 2_000);
}

#[tokio::test]
async fn what_never_left_is_told_from_what_was_lost() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = client(1_000);
    let plain = "http://acme.example/?client_secret=s3cret".to_owned();
    for unsent in [format!("http://{free}/?client_secret=s3cret"), plain, "no address".to_owned()] {
        let error = client.send(get(unsent)).await.unwrap_err();
        assert!(matches!(error, TransportError::NotSent(_)), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    for words in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\ncut"] {
        let error = client.send(get(server_that_says(words).await)).await.unwrap_err();
        assert!(matches!(error, TransportError::Lost(_)), "{error}");
    }
}
