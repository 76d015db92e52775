import facts from '../fixtures/redis-actions.json' with { type: 'json' };

/** Parameters that are only about passwords. */
const ABOUT_PASSWORDS = ['EncryptPassword', 'PasswordPolicy'];

/** Every parameter with a password, of every action that starts something: by the facts, not by the code. */
export const PASSWORD_PARAMETERS = Object.entries(facts.actions).flatMap(([action, { required, optional }]) =>
  [...required, ...optional]
    .filter((name) => /pass/i.test(name) && !ABOUT_PASSWORDS.includes(name))
    .map((name) => [action, name] as const),
);
