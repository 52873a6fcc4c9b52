//! Promises handed on without a future around them: running one takes longer than most of what is done here.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use worker::js_sys::{Function, Promise};

// Bound here: those of `js_sys` take closures that somebody has to keep.
#[wasm_bindgen]
extern "C" {
    type Thenable;

    #[wasm_bindgen(method, js_name = then)]
    fn then_call(this: &Thenable, resolved: &Function) -> Promise;

    #[wasm_bindgen(method, js_name = catch)]
    fn catch_call(this: &Thenable, rejected: &Function) -> Promise;

    type Bindable;

    #[wasm_bindgen(method, js_name = bind)]
    fn bind_call(
        this: &Bindable,
        this_arg: &JsValue,
        first: &JsValue,
        second: &JsValue,
    ) -> Function;
}

/// A promise that is kept already.
pub(crate) fn resolved(value: impl Into<JsValue>) -> Promise {
    Promise::resolve(&value.into())
}

/// The promise of what `resolved` makes of a promise's value.
pub(crate) fn then(promise: &Promise, resolved: &Function) -> Promise {
    promise.unchecked_ref::<Thenable>().then_call(resolved)
}

/// The promise, or of what `rejected` makes of its failure.
pub(crate) fn or_else(promise: &Promise, rejected: &Function) -> Promise {
    promise.unchecked_ref::<Thenable>().catch_call(rejected)
}

/// The function with its first two arguments given.
pub(crate) fn bound(function: &Function, first: &JsValue, second: &JsValue) -> Function {
    let function = function.unchecked_ref::<Bindable>();
    function.bind_call(&JsValue::NULL, first, second)
}
