//! Turns plain async functions into a generated service trait: opened, handled, answered, the same every time.

/// `impl SomeService for Api { verb(Request) -> Response = path::to::handler; }`
///
/// `#[once]` before a call says that its handler asks other services before its act begins. `Api` wraps an `Arc<State>`; a handler is `async fn(&State, &Call, Request) -> Result<Response, Fault>`. Request and
/// response live in `pb`. Calls that stream follow the plain ones in `@also { .. }`, written as the generated trait wants
/// them.
#[macro_export]
macro_rules! service {
    ($(impl $service:ident for $api:ident {
        $($(#[$once:ident])? $verb:ident($request:ident) -> $response:ident = $handler:path;)+
        $(@also { $($item:tt)* })?
    })+) => {
        $(#[async_trait]
        impl $service for $api {
            $(async fn $verb(&self, request: Request<pb::$request>) -> Result<Response<pb::$response>, Status> {
                let (call, request) = $crate::open(request)?;
                Ok(Response::new($crate::handled!($($once)? self, call, request, $handler)?))
            })+
            $($($item)*)?
        })+
    };
}

/// One call of [`service!`]: plain, or carried out once although it asks other services before it claims its request id.
#[macro_export]
macro_rules! handled {
    (once $api:ident, $call:ident, $request:ident, $handler:path) => {{
        let work = $handler(&$api.0, &$call, $request.clone());
        $api.0.acts.once(&$call, &$request, work).await
    }};
    ($api:ident, $call:ident, $request:ident, $handler:path) => {
        $handler(&$api.0, &$call, $request).await
    };
}

pub use crate::service;
