"""Hints for the search, by claim: the steps of proofs that it does not find alone (`proofs.search.hints`).

They are no part of what is claimed, and prove nothing themselves. Hints on one line are separated by |.
"""

from typing import Final

UNIT: Final = """
exp-sum: u_1; -u_1 | exp-zero | same: exp(u_1 + -u_1); exp(0) | exp-positive: u_1 | exp-positive: -u_1
have: exp(u_1)*exp(-u_1) == 1
"""
NAMED_GAIN: Final = f"""
let: u = gain/T | same: exp(gain/T); exp(u_1) | same: exp(-gain/T); exp(-u_1)
{UNIT}
"""
TANH: Final = """
exp-taylor: -u_1; 5 | cases: u_1 < 2 | have: exp(-u_1)*(1 + u_1/2) >= 1 - u_1/2
"""
CO_PLAYERS: Final = "binomial(N - 1, k)*z**k*(1 - z)**(N - 1 - k)"
ALL: Final = f"Sum({CO_PLAYERS}, k, 0, N - 1)"
MEAN: Final = f"Sum(k*{CO_PLAYERS}, k, 0, N - 1)"
ALONE: Final = "c*r/N - c - gamma*p*(N - 1)"  # of a punisher among defectors
PUNISHERS: Final = f"Sum({CO_PLAYERS}*(-c - gamma*p*(N - k - 1) + c*r*(k + 1)/N), k, 0, N - 1)"
MEMBERS: Final = "binomial(N, k)*z**k*(1 - z)**(N - k)"
LOGS: Final = """
exp-log: x | exp-log: 1 - x | let: d = u_1 - (log(x) - log(1 - x)) | exp-sum: log(x); -log(1 - x)
exp-sum: log(1 - x); -log(1 - x) | same: exp(log(1 - x) + -log(1 - x)); exp(0)
have: (1 - x)*exp(-log(1 - x)) == 1 | have: (1 - x)*exp(log(x) + -log(1 - x)) == x
exp-sum: log(x) + -log(1 - x); d_1 | same: exp(log(x) + -log(1 - x) + d_1); exp(u_1)
have last 3: (1 - x)*exp(u_1) == x*exp(d_1) | exp-tangent: d_1 | exp-tangent: -d_1 | exp-sum: d_1; -d_1
same: exp(d_1 + -d_1); exp(0) | have: exp(d_1)*exp(-d_1) == 1
"""


def _odds(a: str) -> str:
    """What log((1 - a) / a) is above u_1 by, and the powers of e of both."""
    return f"""
let: v = (1 - {a})/{a} | same: log((1 - {a})/{a}); log(v_1) | exp-log: v_1 | let: d = u_1 - log(v_1)
exp-sum: log(v_1); d_1 | same: exp(log(v_1) + d_1); exp(u_1) | exp-tangent: d_1 | exp-tangent: -d_1
exp-sum: d_1; -d_1 | same: exp(d_1 + -d_1); exp(0) | have: exp(d_1)*exp(-d_1) == 1 | exp-positive: d_1
exp-positive: -d_1 | have: exp(u_1) == v_1*exp(d_1) | have: v_1*{a} == 1 - {a}
"""


HINTS: Final = {
    "stag-hunt-enough": """
instance: 3/5
""",
    "collective-risk-critical": """
instance: 2/5 | have: x_1**3 - 2.2*x_1**2 + 1.08*x_1 + 0.216 > 0
have: (x_1 - 0.4)**2*(x_1**3 - 2.2*x_1**2 + 1.08*x_1 + 0.216) >= 0 | have: x_1**2*(1 - x_1)**3 <= 0.03456
have: rho*x_1**2*(1 - x_1)**3 <= 0.03456*rho
""",
    "snowdrift-unique": """
point: c = 3; b = 13; x = 2/3; x_2 = 2/3 | let: y = 1 - x | let: z = 1 - x_2 | have: y_1 > 0 | have: z_1 > 0
have: 3*b*y_1**2 == c*(1 + y_1 + y_1**2) | have: 3*b*z_1**2 == c*(1 + z_1 + z_1**2)
have: c*(z_1**2*(1 + y_1 + y_1**2) - y_1**2*(1 + z_1 + z_1**2)) == 0
have: c*(z_1 - y_1)*(z_1 + y_1 + y_1*z_1) == 0 | have: y_1 + z_1 + y_1*z_1 > 0 | have: z_1 == y_1
""",
    "snowdrift-unique.wrong": """
point: c = 3; b = 13; x = 2/3; x_2 = 5/4
""",
    "group-welfare": f"""
binomial-mean: z; N
sum-linear: Sum({MEMBERS}*(c*k*r - c*k), k, 0, N); Sum(k*{MEMBERS}, k, 0, N); Sum(k*{MEMBERS}, k, 0, N); c*r - c - 1
""",
    "sampling-is-affine-for-every-group": f"""
binomial-mean: z; N - 1 | binomial-theorem: z; 1 - z; N - 1 | power-unit: 1; N - 1 | bernoulli: 0; N - 1
same: (z + (1 - z))**(N - 1); 1**(N - 1)
sum-linear: Sum({CO_PLAYERS}*(-fine*k*p + c*k*r/N), k, 0, N - 1); {MEAN}; {MEAN}; c*r/N - fine*p - 1
sum-linear: {PUNISHERS}; Sum({CO_PLAYERS}*({ALONE}), k, 0, N - 1); {MEAN}; gamma*p + c*r/N
sum-linear: Sum({CO_PLAYERS}*({ALONE}), k, 0, N - 1); {ALL}; {ALL}; {ALONE} - 1
""",
    "defection-is-evolutionarily-stable": """
let: l = c*(1 - r/N) | have: l_1 > 0 | let: b = l_1/((fine + gamma)*(N - 1) + 1)
have: b_1*((fine + gamma)*(N - 1) + 1) == l_1 | have: b_1 > 0 | instance: b_1 | have: gamma*(N - 1) >= 0
have: q_1*((fine + gamma)*(N - 1) + 1) < l_1
""",
    "between-two-mixtures": """
let: l = c*(1 - r/N) | have: l_1 > fine*y*(N - 1) | have: l_1 < fine*z*(N - 1) | have: fine*(z - y)*(N - 1) > 0
have: fine*(N - 1) > 0 | let: q = l_1/(fine*(N - 1)) | have: q_1*fine*(N - 1) == l_1 | have: y < q_1
have: q_1 < z | instance: q_1
""",
    "integral-rule-contracts": """
let: m = eta*(N - 1)*fine*s/T | have: m_1 < 8 | have: m_1 > 0
same: abs(1 - eta*K*x*(1 - x)); abs(1 - m_1*x*(1 - x)) | abs: 1 - m_1*x*(1 - x) | have: m_1*x*(1 - x) > 0
have: m_1*x*(1 - x) < 2
""",
    "integral-rule-approaches": """
abs: d | abs: p - q | cases: p >= q | cases: d > 0 | have: abs(d) == d | have: abs(d) == -d
have: abs(p - q) == p - q | have: abs(p - q) == q - p | have: eta*d <= 0 | have: eta*d >= 0
have: eta*d >= 2*(q - p) | have: eta*d <= 2*(q - p) | min: min(1, p + eta*d) | max: max(0, min(1, p + eta*d))
cases: p + eta*d > 1 | have: min(1, p + eta*d) == 1 | have: min(1, p + eta*d) == p + eta*d | cases: p + eta*d < 0
have: max(0, min(1, p + eta*d)) == 0 | have: max(0, min(1, p + eta*d)) == 1
have: max(0, min(1, p + eta*d)) == p + eta*d
""",
    "severity-of-defection": f"""
let: u = r*c/(N*tau) | same: exp((q_D - q_C)/tau); exp(-u_1) | have: u_1 > 0 | {UNIT} | exp-tangent: u_1
have: exp(-u_1) < 1 | {TANH} | have: 2*(1 - exp(-u_1)) > u_1*(1 + exp(-u_1))
""",
    "too-dull-to-deter": f"""
let: u = c*r/(N*tau) | same: exp(c*r/(N*tau)); exp(u_1) | have: u_1 > 0 | {UNIT} | {TANH}
have: exp(u_1)*(1 - u_1/2) <= 1 + u_1/2 | let: l = c*(1 - r/N) | let: a = fine*p*(N - 1) | have: a_1 >= 0
have: a_1*u_1 < 2*l_1 | have: exp(u_1) - 1 <= u_1/2*(exp(u_1) + 1)
have: a_1*(exp(u_1) - 1) <= a_1*u_1/2*(exp(u_1) + 1) | have: a_1*u_1/2*(exp(u_1) + 1) < l_1*(exp(u_1) + 1)
have: a_1*(exp(u_1) - 1) < l_1*(exp(u_1) + 1)
""",
    "steepest-response": f"""
{NAMED_GAIN} | have: (exp(-u_1) - 1)**2 == 0 | have: exp(-u_1) == 1 | have: exp(u_1) == 1 | exp-tangent: u_1
exp-tangent: -u_1 | have: u_1 == 0 | same: exp(u_1); exp(0)
""",
    "where-the-integral-rule-rests": f"""
{NAMED_GAIN} | {_odds("theta")} | branch 1: have: theta*(1 + exp(-u_1)) == exp(-u_1)
branch 1: have: theta*exp(u_1) == 1 - theta | branch 1: have: exp(u_1) == v_1
branch 1: have: v_1*exp(d_1) == v_1 | branch 1: have: exp(d_1) == 1 | branch 1: have: exp(-d_1) == 1
have: d_1 == 0 | have: u_1 == log(v_1) | branch 2: same: exp(d_1); exp(0) | branch 2: have: exp(u_1) == v_1
branch 2: have: theta*exp(u_1) == 1 - theta | branch 2: have: theta == (1 - theta)*exp(-u_1)
""",
    "almost-all-contribute": f"""
{NAMED_GAIN} | {_odds("a")} | branch 1: have: a >= (1 - a)*exp(-u_1) | branch 1: have: a*exp(u_1) >= 1 - a
branch 1: have: exp(u_1) >= v_1 | branch 1: have: v_1 > 0 | branch 1: have: exp(d_1) >= 1
branch 1: have: exp(-d_1) <= 1 | branch 1: have: d_1 >= 0 | branch 1: have: u_1 >= log(v_1)
branch 2: have: u_1 >= log(v_1) | branch 2: have: d_1 >= 0 | branch 2: have: exp(d_1) >= 1
branch 2: have: v_1 > 0 | branch 2: have: exp(u_1) >= v_1 | branch 2: have: a*exp(u_1) >= 1 - a
branch 2: have: a >= (1 - a)*exp(-u_1)
""",
    "boltzmann-rest-point": f"""
{NAMED_GAIN} | branch 1: have: x*(1 - x)*N*T*(u_1 - log(x) + log(1 - x)) == 0 | branch 1: have: x*(1 - x) > 0
branch 1: have: N*T > 0 | branch 1: have last 2: x*(1 - x)*N*T > 0
branch 1: have: x*(1 - x)*N*T*(u_1 - log(x) + log(1 - x)) == 0 | branch 1: have last 2: u_1 == log(x) - log(1 - x)
{LOGS} | branch 1: have: d_1 == 0 | branch 1: same: exp(d_1); exp(0) | branch 1: have: (1 - x)*exp(u_1) == x
branch 1: have: 1 - x == x*exp(-u_1) | branch 1: have: x*(1 + exp(-u_1)) == 1
branch 2: have: x*(1 + exp(-u_1)) == 1 | branch 2: have: 1 - x == x*exp(-u_1)
branch 2: have: (1 - x)*exp(u_1) == x | branch 2: have: x*exp(d_1) == x | branch 2: have: exp(d_1) == 1
branch 2: have: exp(-d_1) == 1 | branch 2: have: d_1 == 0 | branch 2: have: u_1 == log(x) - log(1 - x)
""",
    "entropy-of-two": """
exp-log: x | exp-log: 1 - x | exp-tangent: log(x) | exp-tangent: log(1 - x) | have: log(x) < 0
have: log(1 - x) < 0 | have: x*log(x) < 0 | have: (1 - x)*log(1 - x) < 0 | log-product: 2; x
log-product: 2; 1 - x | exp-log: 2*x | exp-log: 2*(1 - x) | exp-sum: log(2*x); -log(2*x)
exp-sum: log(2*(1 - x)); -log(2*(1 - x)) | exp-zero | same: exp(log(2*x) + -log(2*x)); exp(0)
same: exp(log(2*(1 - x)) + -log(2*(1 - x))); exp(0) | exp-tangent: -log(2*x) | exp-tangent: -log(2*(1 - x))
have: 2*x*exp(-log(2*x)) == 1 | have: 2*(1 - x)*exp(-log(2*(1 - x))) == 1
have: 2*x*exp(-log(2*x)) >= 2*x*(1 - log(2*x))
have: 2*(1 - x)*exp(-log(2*(1 - x))) >= 2*(1 - x)*(1 - log(2*(1 - x)))
""",
    "logit-odds": """
exp-sum: gain/T; -gain/T | exp-zero | exp-positive: -gain/T | exp-positive: gain/T
same: exp(gain/T + -gain/T); exp(0) | same: log(share/(1 - share)); log(exp(gain/T)) | log-exp: gain/T
""",
    "defections-fall": """
let: h = (N - 1)*fine*(q - p)/(2*T) | have: h_1 >= 0 | let: w = gain_q/T
same: exp(-gain/T); exp(-w_1 + h_1 + h_1) | same: exp(-gain_q/T); exp(-w_1) | exp-positive: -w_1
exp-positive: -w_1 + h_1 + h_1 | let: a = exp(-w_1 + h_1 + h_1) | let: b = exp(-w_1) | have: a_1 > 0
have: b_1 > 0 | branch 1: have: a_1 < b_1 | branch 2: have: 2*T*h_1 == fine*(q - p)*(N - 1)
branch 2: have: T > 0 | branch 2: have: 1 + a_1 > 0 | branch 2: have: 1 + b_1 > 0
branch 2: have last 3: T*(1 + a_1)*(1 + b_1) > 0
branch 2: have: 4*T*(a_1 - b_1) > fine*(q - p)*(N - 1)*(1 + a_1)*(1 + b_1)
branch 2: have: 2*T*h_1 == fine*(q - p)*(N - 1)
branch 2: have last 2: T*(2*(a_1 - b_1) - h_1*(1 + a_1)*(1 + b_1)) > 0
branch 2: have: 2*(a_1 - b_1) > h_1*(1 + a_1)*(1 + b_1) | exp-taylor: -h_1; 5 | exp-positive: -h_1
exp-positive: h_1 | branch 2: cases: h_1 < 2 | exp-sum: h_1; -h_1 | exp-zero | same: exp(h_1 + -h_1); exp(0)
have: exp(h_1)*exp(-h_1) == 1 | branch 2: have: exp(-h_1)*(1 + h_1/2) >= 1 - h_1/2 | branch 2: have: exp(h_1) > 0
branch 2: have last 3: 1 + h_1/2 >= exp(h_1)*(1 - h_1/2)
branch 2: have last 1: 2*(exp(h_1) - 1) <= h_1*(exp(h_1) + 1) | let: g = exp(h_1) | have: exp(h_1) == g_1
exp-tangent: h_1 | have: g_1 >= 1 | have: exp(-w_1) == b_1 | have: exp(h_1) == g_1 | exp-sum: -w_1; h_1
have last 3: exp(-w_1 + h_1) == b_1*g_1 | have: exp(h_1) == g_1 | exp-sum: -w_1 + h_1; h_1
have last 3: exp(-w_1 + h_1 + h_1) == b_1*g_1**2 | have: a_1 == b_1*g_1**2 | branch 1: have: b_1*(g_1**2 - 1) >= 0
branch 2: have: (1 + b_1*g_1**2)*(1 + b_1) >= b_1*(g_1 + 1)**2
branch 2: have: h_1*((1 + b_1*g_1**2)*(1 + b_1) - b_1*(g_1 + 1)**2) >= 0
branch 2: have: 2*(g_1 - 1) <= h_1*(g_1 + 1) | branch 2: have: b_1*(g_1 + 1)*(2*(g_1 - 1) - h_1*(g_1 + 1)) <= 0
branch 2: have last 3: 2*b_1*(g_1**2 - 1) <= h_1*(1 + b_1*g_1**2)*(1 + b_1) | branch 2: have: a_1 == b_1*g_1**2
branch 2: have last 2: 2*(a_1 - b_1) <= h_1*(1 + a_1)*(1 + b_1)
""",
    "gibbs-is-optimal": """
let: a = -q_C/tau | let: b = -q_D/tau | same: exp(-q_C/tau); exp(a_1) | same: exp(-q_D/tau); exp(b_1)
exp-positive: a_1 | exp-positive: b_1 | let: z = exp(a_1) + exp(b_1) | have: z_1 > 0
same: log(exp(-q_C/tau) + exp(-q_D/tau)); log(z_1) | exp-log: z_1 | exp-log: x | exp-log: 1 - x
let: s = b_1 - log(x) - log(z_1) | exp-sum: s_1; log(x) | exp-sum: s_1 + log(x); log(z_1)
same: exp(s_1 + log(x) + log(z_1)); exp(b_1) | have: exp(s_1)*x*z_1 == exp(b_1) | exp-tangent: s_1
have: x*z_1*(1 + s_1) <= exp(b_1) | let: t = a_1 - log(1 - x) - log(z_1) | exp-sum: t_1; log(1 - x)
exp-sum: t_1 + log(1 - x); log(z_1) | same: exp(t_1 + log(1 - x) + log(z_1)); exp(a_1)
have: exp(t_1)*(1 - x)*z_1 == exp(a_1) | exp-tangent: t_1 | have: (1 - x)*z_1*(1 + t_1) <= exp(a_1)
have: z_1*(x*s_1 + (1 - x)*t_1) <= 0 | have: x*s_1 + (1 - x)*t_1 <= 0
have: x*b_1 + (1 - x)*a_1 - x*log(x) - (1 - x)*log(1 - x) <= log(z_1)
have: tau*(x*b_1 + (1 - x)*a_1 - x*log(x) - (1 - x)*log(1 - x)) <= tau*log(z_1)
""",
    "defection-is-seen-sooner-or-later": """
power-product: 1 - p; 1 + p; n | power-unit: (1 - p)*(1 + p); n | bernoulli: p; n | power-nonnegative: 1 - p; n
have: (1 - p)**n*(1 + n*p) <= 1
""",
    "integral-rule-step-size": """
let: m = eta*theta*(1 - theta)*K | have: m_1 >= 0 | same: abs(multiplier); abs(1 - m_1) | abs: 1 - m_1
""",
    "defector-punisher-edge": """
have: (N - 1)*p*s > 0 | have: (N - 1)*p*s*(fine + gamma) > 0
""",
}


def hints(key: str) -> list[str]:
    """What the search should try first for a claim.

    Examples
    --------
    >>> hints("stag-hunt-enough")
    ['instance: 3/5']
    """
    return [hint.strip() for line in HINTS.get(key, "").splitlines() for hint in line.split("|") if hint.strip()]
