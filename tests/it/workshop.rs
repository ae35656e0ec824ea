//! The engine over small schemas and mappings of a story's own, and over systems that are a few lines of the story.

use std::sync::{Arc, Mutex};

use crosswalk::config::{Folders, Workspace};
use crosswalk::connector::{Clock, Connector, Later, Request, Response, TokensInMemory, Transport, TransportError, TurnedClock, World};
use crosswalk::store::{Shift, Store, Worker};
use crosswalk::sync::{Doors, Engine, Failure, Mode, Report, Silence};
use jiff::SignedDuration;

use crate::script::{ok, secret_ref, status, with};
use crate::store::Folder;

type Answer = Result<Response, TransportError>;

/// What a system of a story answers to `METHOD path?query` with this body.
pub(crate) type System = Box<dyn Fn(&str, &str) -> Answer + Send + Sync>;

/// Two systems of a story, which say whom they met.
pub(crate) struct Workshop {
    pub(crate) store: Store,
    pub(crate) clock: Arc<TurnedClock>,
    wire: Arc<Wire>,
    workspace: Workspace,
    _folder: Folder,
}

struct Wire {
    system: System,
    met: Mutex<Vec<(String, String)>>,
}

impl Workshop {
    /// Schemas and mappings by their file names, and both systems.
    pub(crate) fn new(schemas: &[(&str, &str)], mappings: &[(&str, &str)], system: System) -> Self {
        let folder = Folder::new();
        let (schema_folder, mapping_folder) = (folder.path().join("schemas"), folder.path().join("mappings"));
        for (folder, files) in [(&schema_folder, schemas), (&mapping_folder, mappings)] {
            std::fs::create_dir_all(folder).unwrap();
            files.iter().for_each(|(name, text)| std::fs::write(folder.join(name), text).unwrap());
        }
        let profiles = folder.path().join("profiles");
        std::fs::create_dir_all(&profiles).unwrap();
        let names = mappings.iter().map(|(name, _)| name.trim_end_matches(".yaml")).collect::<Vec<_>>().join(", ");
        let profile = format!("profile: vision\ntitle: All of them\nmappings: [{names}]\nsettings: {{}}\n");
        std::fs::write(profiles.join("vision.yaml"), profile).unwrap();
        let folders =
            Folders { mappings: Some(mapping_folder), schemas: Some(schema_folder), profiles: Some(profiles), ..Folders::default() };
        let workspace = Workspace::open(folders).unwrap_or_else(|problems| panic!("{problems:#?}"));
        let clock = Arc::new(TurnedClock::at("2026-11-22T08:00:00Z".parse().unwrap()));
        let wire = Arc::new(Wire { system, met: Mutex::default() });
        Self { store: Store::in_memory().unwrap(), clock, wire, workspace, _folder: folder }
    }

    /// Everything to the end, with consent, by a process of its own.
    pub(crate) async fn sync(&self) -> Result<Report, Failure> {
        let transport: Arc<dyn Transport> = self.wire.clone();
        let world = World { transport, clock: self.clock.clone(), tokens: Arc::new(TokensInMemory::default()), seed: 1 };
        let procore = format!(
            r#"{{"api_url":"http://procore","login_url":"http://procore","company_id":"77","client_id":"app","client_secret":"{}"}}"#,
            secret_ref()
        );
        let acumatica = format!(
            r#"{{"url":"http://acumatica","tenant":"Company","sign_in":{{"session":{{"user":"robot","password":"{}"}}}}}}"#,
            secret_ref()
        );
        let doors = Doors {
            procore: Connector::procore(serde_json::from_str(&procore).unwrap(), &world).unwrap(),
            acumatica: Connector::acumatica(serde_json::from_str(&acumatica).unwrap(), &world).unwrap(),
        };
        let clock = self.clock.clone();
        let now = Arc::new(move || clock.now());
        let shift = Shift { actor: "anna".to_owned(), name: "office".to_owned(), now, lease: SignedDuration::from_mins(10) };
        let engine = Engine {
            plans: &self.workspace.plans,
            doors: &doors,
            worker: Worker::sign_in(&self.store, shift).await.unwrap(),
            settings: &self.workspace.defaults,
            erp_platform: true,
            today: self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date(),
            watch: &Silence,
        };
        engine.run(&[], Mode::Apply { consent: true, only: None }, "sync").await
    }

    /// Whom the systems met: `METHOD path`, sign-in and sign-out left out.
    pub(crate) fn met(&self, part: &str) -> Vec<String> {
        self.told(part).into_iter().map(|(told, _)| told).collect()
    }

    /// What they were sent.
    pub(crate) fn sent(&self, part: &str) -> Vec<String> {
        self.told(part).into_iter().map(|(_, body)| body).collect()
    }

    fn told(&self, part: &str) -> Vec<(String, String)> {
        self.wire.met.lock().unwrap().iter().filter(|(told, _)| told.contains(part)).cloned().collect()
    }
}

impl Transport for Wire {
    fn send(&self, request: Request) -> Later<'_, Answer> {
        let below = request.url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..])).unwrap_or_default();
        let told = format!("{} {below}", request.method);
        let answer = if below.starts_with("/oauth/token") {
            ok(r#"{"access_token":"t","token_type":"bearer","expires_in":5400}"#)
        } else if below.starts_with("/entity/auth/") {
            with(status(204, ""), "set-cookie", "ASP.NET_SessionId=one; path=/")
        } else {
            let body = String::from_utf8(request.body).unwrap();
            self.met.lock().unwrap().push((told.clone(), body.clone()));
            (self.system)(&told, &body)
        };
        Box::pin(std::future::ready(answer))
    }
}
