// One implementation serves both module systems, so that a program that mixes them has one set of classes.
export * from './index.js';
