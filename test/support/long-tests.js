// Jest has one time limit for all projects: this sets that of the long ones. Fuzzing takes as long as its cases.
import process from 'node:process';
import { jest } from '@jest/globals';

jest.setTimeout(300 * Math.max(1_000, Number(process.env.FUZZ_CASES || 0)));
