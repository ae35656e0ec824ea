//! How does an imitated Acumatica behave on the wire? The way of one request: queue, session, address, answer.

use std::sync::Arc;

use jiff::Timestamp;

use super::actions::Caller;
use super::address::{Endpoint, Inside, Place};
use super::books::{Entity, Item};
use super::draft::LineIds;
use super::errors::{CANNOT_OPTIMIZE, Problem};
use super::filter::Ground;
use super::options::AcumaticaOptions;
use super::query::{Query, View};
use super::render::Page;
use super::upsert::{Write, addressed};
use super::{State, describe, files, oauth, office, versions};
use crate::connector::{Request, Response};
use crate::sandbox::wire::{Reply, Target, empty_answer, json_answer, text_answer, with_header};
use crate::schema::Kind;
use crate::value::{Record, Value, date_of};

/// A request that has proved its session, at an entity that is there.
struct Call<'a> {
    request: &'a Request,
    target: &'a Target,
    endpoint: &'a Endpoint,
    entity: Arc<Entity>,
    session: &'a str,
}

impl State {
    /// Answers a request to the instance.
    pub(super) fn answer(&mut self, request: &Request, options: &AcumaticaOptions) -> Reply {
        let now = options.clock.now();
        self.settle(now);
        let target = Target::of(&request.url);
        let place = match Place::of(&target, options) {
            Ok(place) => place,
            Err(problem) => return problem.answer().into(),
        };
        match (place, request.method.as_str()) {
            (Place::Records(entity), "GET") => {
                let rows: Vec<Value> = self.records(&entity).into_iter().map(Value::Record).collect();
                json_answer(200, &rows.into()).into()
            }
            (Place::Accountants, "POST") => office::answer(&mut self.books, request).into(),
            (Place::Discovery, "GET") => oauth::discovery(&root(request, options)).into(),
            (Place::Token, "POST") => self.tokens.grant(request, options, now).into(),
            (Place::Logout, "POST") if lacks_length(request) => Problem::Length.answer().into(),
            // Signing out does not wait in the queue.
            (Place::Logout, "POST") => {
                let session = self.session(request, now).ok().map(|(id, _)| id);
                self.sessions.logout(session.as_deref()).into()
            }
            (place, method) => match self.licence.admit(now) {
                None => Problem::Declined.answer().into(),
                Some(wait) => {
                    let answer = self.admitted(request, &target, (place, method), options);
                    Reply::Answer(answer.unwrap_or_else(|problem| problem.answer())).later(wait)
                }
            },
        }
    }

    /// Does what is due at this moment.
    pub(super) fn settle(&mut self, now: Timestamp) {
        self.books.now = now;
        (self.books.business_date, self.books.branch) = (None, None);
        self.operations.settle(&mut self.books);
    }

    /// The records of an entity by key, `id` first.
    pub(super) fn records(&self, entity: &str) -> Vec<Record> {
        let with_id = |item: &Item| {
            let mut record = Record::from_iter([("id", item.id.as_str())]);
            item.record.iter().for_each(|(name, value)| record.set(name, value.clone()));
            record
        };
        self.books.sorted(entity).into_iter().map(with_id).collect()
    }

    fn admitted(
        &mut self,
        request: &Request,
        target: &Target,
        (place, method): (Place, &str),
        options: &AcumaticaOptions,
    ) -> Result<Response, Problem> {
        let now = self.books.now;
        match (place, method) {
            (Place::Login, "POST") => self.sessions.login(request, options, now),
            (Place::Endpoints, "GET") => {
                let signed_in = self.session(request, now).is_ok();
                Ok(describe::endpoints(options, signed_in))
            }
            (Place::Endpoint(endpoint, inside), _) => {
                let (session, cookie) = self.session(request, now)?;
                let answer = self.inside(request, target, (&endpoint, inside), &session);
                let answer = answer.unwrap_or_else(|problem| problem.answer());
                Ok(match cookie {
                    Some(cookie) => with_header(answer, "set-cookie", cookie),
                    None => answer,
                })
            }
            (_, method) => Err(Problem::Method(method.to_owned())),
        }
    }

    /// The session of a request, by token or by cookies, and a cookie to be set.
    fn session(&mut self, request: &Request, now: Timestamp) -> Result<(String, Option<String>), Problem> {
        if request.header("authorization").is_some() {
            return self.tokens.session(request, &mut self.sessions, now);
        }
        self.sessions.by_cookies(request, now).map(|id| (id, None)).ok_or(Problem::NoSession)
    }

    fn inside(
        &mut self,
        request: &Request,
        target: &Target,
        (endpoint, inside): (&Endpoint, Inside),
        session: &str,
    ) -> Result<Response, Problem> {
        self.books.business_date = request.header("px-cbapibusinessdate").and_then(date_of);
        self.books.branch = request.header("px-cbapibranch").map(str::to_owned);
        let name = match &inside {
            Inside::Swagger => return Ok(describe::swagger(&self.books, endpoint)),
            Inside::Collection(name) | Inside::AdHoc(name) | Inside::Below(name, _) | Inside::Status(name, ..) | Inside::File(name, ..) => {
                name
            }
        };
        let unknown = || Problem::NotFound(format!("The entity '{name}' cannot be found in the contract."));
        let at_version = |entity| versions::at(entity, &endpoint.version);
        let entity = self.books.entity_at(name, endpoint.is_package).and_then(at_version).ok_or_else(unknown)?;
        if let Inside::Status(_, _, id) = &inside {
            return self.operations.status(id, &target.path);
        }
        if self.operations.is_busy(session, &entity.wire().form) {
            return Err(Problem::px("The previous operation has not been completed yet."));
        }
        self.on_entity(&Call { request, target, endpoint, entity, session }, inside)
    }

    fn on_entity(&mut self, call: &Call<'_>, inside: Inside) -> Result<Response, Problem> {
        let entity = &call.entity;
        match (inside, call.request.method.as_str()) {
            (Inside::Collection(_), "GET") => self.list(call),
            (Inside::Collection(_), "PUT") => {
                let view = View::read(call.target, &entity.schema.shape)?;
                let id = call.write().put(&mut self.books)?;
                self.one(call, &view, &id)
            }
            (Inside::Collection(_), "PATCH") if call.is_newest() => {
                let view = View::read(call.target, &entity.schema.shape)?;
                let id = call.write().patch(&mut self.books)?;
                self.one(call, &view, &id)
            }
            (Inside::AdHoc(_), "GET") => Ok(describe::ad_hoc(entity)),
            (Inside::Below(_, parts), "GET") => {
                let view = View::read(call.target, &entity.schema.shape)?;
                let id = addressed(&self.books, entity, &parts)?.id.clone();
                self.one(call, &view, &id)
            }
            (Inside::Below(_, parts), "DELETE") => {
                let item = addressed(&self.books, entity, &parts)?;
                if let Some(why) = entity.rules.keeps(item, &self.books) {
                    return Err(Problem::px(why));
                }
                let id = item.id.clone();
                self.books.remove(&entity.name, &id);
                Ok(empty_answer(204))
            }
            (Inside::Below(_, parts), "POST") => {
                let caller = Caller { base: &call.endpoint.base, session: call.session };
                let action = parts.first().map_or("", String::as_str);
                if self.books.entity(&entity.name).is_some_and(|whole| versions::lacks_action(whole, action, &call.endpoint.version)) {
                    return Err(Problem::NotFound(format!("The action '{action}' cannot be found.")));
                }
                self.operations.start(&mut self.books, (entity, action), call.request, &caller)
            }
            (Inside::File(_, parts, name), "PUT") => {
                let id = addressed(&self.books, entity, &parts)?.id.clone();
                files::attach(&mut self.books, (&entity.name, &id), &name, call.request)
            }
            (_, method) => Err(Problem::Method(method.to_owned())),
        }
    }

    fn list(&self, call: &Call<'_>) -> Result<Response, Problem> {
        let query = Query::read(call.target, call.ground())?;
        check_optimization(call, &query.view, &self.books.options)?;
        let offset = self.books.options.offset;
        let page = call.page(&query.view, &self.books.options);
        let met = |item: &Item| query.filter.as_ref().is_none_or(|filter| filter.meets(&item.record, offset));
        let rows = self.books.shuffled(&call.entity.name, met).into_iter().skip(query.skip).take(query.top.unwrap_or(usize::MAX));
        let mut text = String::from("[");
        for item in rows {
            if text.len() > 1 {
                text.push(',');
            }
            page.write(&mut text, &item.id, (&call.entity.schema.shape, &item.record));
        }
        text.push(']');
        Ok(text_answer(200, "application/json; charset=utf-8", text))
    }

    fn one(&self, call: &Call<'_>, view: &View, id: &str) -> Result<Response, Problem> {
        let item = self.books.get(&call.entity.name, id).ok_or_else(Problem::no_entity)?;
        let mut text = String::new();
        call.page(view, &self.books.options).write(&mut text, &item.id, (&call.entity.schema.shape, &item.record));
        Ok(text_answer(200, "application/json; charset=utf-8", text))
    }
}

impl Call<'_> {
    /// From 25.200.001 on there are PATCH and `date'…'`.
    fn is_newest(&self) -> bool {
        self.endpoint.version.as_str() >= "25.200.001"
    }

    fn ground(&self) -> Ground<'_> {
        Ground { shape: &self.entity.schema.shape, days: self.is_newest() }
    }

    fn write(&self) -> Write<'_> {
        Write { entity: &self.entity, request: self.request, target: self.target, ground: self.ground(), session: self.passing_session() }
    }

    /// The session, where ids of lines hold for no longer.
    fn passing_session(&self) -> Option<&str> {
        self.entity.rules.has_passing_line_ids().then_some(self.session)
    }

    fn page<'a>(&'a self, view: &'a View, options: &AcumaticaOptions) -> Page<'a> {
        let ids = LineIds { seed: options.seed, session: self.passing_session() };
        Page { view, offset: options.offset, ids, base: &self.endpoint.base, entity: &self.entity.name }
    }
}

/// A list is one optimised read: a field that cannot take part in it spoils the whole call.
fn check_optimization(call: &Call<'_>, view: &View, options: &AcumaticaOptions) -> Result<(), Problem> {
    let shape = &call.entity.schema.shape;
    let set = options.cannot_optimize.iter().filter_map(|name| name.split_once('.')).filter(|(entity, _)| *entity == call.entity.name);
    let mut spoilers: Vec<&str> = set.map(|(_, field)| field).collect();
    if call.entity.wire().by_key_only {
        spoilers
            .extend(shape.fields.iter().filter(|field| matches!(field.kind, Kind::Lines | Kind::Record)).map(|field| field.name.as_str()));
    }
    spoilers.retain(|field| view.holds(shape, field));
    if spoilers.is_empty() {
        return Ok(());
    }
    let what = format!("Optimization cannot be performed. The following fields cause the error: {}.", spoilers.join(", "));
    Err(Problem::Exception(CANNOT_OPTIMIZE, what))
}

/// The instance's root as the request addressed it.
fn root(request: &Request, options: &AcumaticaOptions) -> String {
    let host = match request.url.split_once("://") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.split('/').next().unwrap_or(rest)),
        None => request.header("host").map(|host| format!("http://{host}")).unwrap_or_default(),
    };
    format!("{host}{}", options.site)
}

/// A request from a socket (it names a host) that does not say how long its body is.
fn lacks_length(request: &Request) -> bool {
    request.header("host").is_some() && request.header("content-length").or(request.header("transfer-encoding")).is_none()
}
