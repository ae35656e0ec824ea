//! What the doors write to the log, and what never stands in it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use crosswalk::connector::{Connector, Key, Outgoing, Select};
use crosswalk::value::Record;

use crate::connector_acumatica::{LOGIN, bills, exception, signed_in};
use crate::connector_procore::{TOKEN, token, vendors};
use crate::script::{SECRET, Story, acumatica, lost, ok, procore, status, with};

/// A log that is kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let kept = self.clone();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false).with_writer(move || kept.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().filter(|line| line.contains("crosswalk::connector")).map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn each_request_is_one_line_and_no_line_holds_a_secret() {
    let kept = Kept::default();
    let _guard = kept.start();
    let story = Story::new([
        (LOGIN, with(signed_in("session-secret"), "x-request-id", "r-1")),
        ("GET /Bill", lost()),
        ("GET /Bill", exception("System.TimeoutException", &format!("the password {SECRET} and session-secret"))),
        ("GET /Bill", ok(r#"{"id":"g"}"#)),
        ("POST /entity/auth/logout", status(500, &format!("auth-cookie {SECRET}"))),
    ]);
    let connector = acumatica(&story, "");
    connector.get(&bills(""), None, Key::Id("g"), Select::All).await.unwrap();
    story.then([("POST /entity/auth/logout", status(403, ""))]);
    connector.sign_out().await;
    let story = Story::new([(TOKEN, token("tok-secret-1")), ("GET /vendors/1", status(401, "tok-secret-1")), (TOKEN, status(400, SECRET))]);
    procore(&story, "").get(&vendors(), None, Key::Id("1"), Select::All).await.unwrap_err();
    let lines = kept.lines();
    let requests = lines.iter().filter(|line| line.contains("door: answered") || line.contains("door: no answer")).count();
    assert_eq!(requests, 6 + 3, "{lines:#?}");
    assert!(lines[0].contains("POST") && lines[0].contains("/site/entity/auth/login") && lines[0].contains("r-1"), "{}", lines[0]);
    assert!(lines.iter().any(|line| line.contains("could not sign out")), "{lines:#?}");
    for secret in ["pa55", "session-secret", "auth-cookie", "tok-secret"] {
        assert!(!lines.iter().any(|line| line.contains(secret)), "{secret}: {lines:#?}");
    }
}

#[test]
fn a_connector_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>(_: T) {}
    shared::<Connector>();
    let (story, vendors, draft) = (Story::new([]), vendors(), Record::new());
    let connector = procore(&story, "");
    let rows = [Outgoing { id: None, draft: &draft }];
    sent(connector.write(&vendors, None, &rows));
    sent(connector.get(&vendors, None, Key::Id("1"), Select::All));
    sent(connector.act(&vendors, "1", "x", &draft));
    sent(connector.sign_out());
}
