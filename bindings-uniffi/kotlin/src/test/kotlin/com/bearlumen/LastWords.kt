package com.bearlumen

/** A program that tracks once and ends. */
fun main(arguments: Array<String>) {
    BearLumen("sk_test_x", arguments[0]).track(ClientTest.RESPONSE, TrackOptions(userId = "last"))
}
