//! Time and randomness, looked up once per request and handed to the service, which has neither.

use bearlumen_service::{Context, Settings};
use wasm_bindgen::prelude::*;
use worker::Date;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]) -> Result<JsValue, JsValue>;
}

/// What a request finds around it.
pub(crate) struct Surroundings {
    now_ms: i64,
    entropy: [u8; 32],
}

impl Surroundings {
    /// Asks the clock and the random source.
    pub(crate) fn look() -> Result<Self, JsValue> {
        let mut entropy = [0; 32];
        get_random_values(&mut entropy)?;
        Ok(Self {
            now_ms: now_ms(),
            entropy,
        })
    }

    /// The random bytes.
    pub(crate) fn entropy(&self) -> [u8; 32] {
        self.entropy
    }

    /// What the service is given.
    pub(crate) fn context<'a>(&self, settings: &'a Settings) -> Context<'a> {
        Context {
            now_ms: self.now_ms,
            entropy: self.entropy,
            settings,
        }
    }
}

/// The platform's clock, which stands still except when something was waited for.
pub(crate) fn now_ms() -> i64 {
    i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX)
}
