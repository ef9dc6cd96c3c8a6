Require Import Reals Lra Lia ZArith.
Open Scope R_scope.

Lemma dec_le a b : a <= b \/ ~ a <= b. Proof. destruct (Rle_dec a b); auto. Qed.
Lemma dec_lt a b : a < b \/ ~ a < b. Proof. destruct (Rlt_dec a b); auto. Qed.
Lemma dec_ge a b : a >= b \/ ~ a >= b. Proof. destruct (Rge_dec a b); auto. Qed.
Lemma dec_gt a b : a > b \/ ~ a > b. Proof. destruct (Rgt_dec a b); auto. Qed.
Lemma dec_eq (a b : R) : a = b \/ ~ a = b. Proof. destruct (Req_EM_T a b); auto. Qed.
Lemma dec_not A : A \/ ~ A -> ~ A \/ ~ ~ A. Proof. tauto. Qed.
Lemma dec_and A B : A \/ ~ A -> B \/ ~ B -> (A /\ B) \/ ~ (A /\ B). Proof. tauto. Qed.
Lemma dec_or A B : A \/ ~ A -> B \/ ~ B -> (A \/ B) \/ ~ (A \/ B). Proof. tauto. Qed.
Lemma dec_imp (A B : Prop) : A \/ ~ A -> B \/ ~ B -> (A -> B) \/ ~ (A -> B). Proof. tauto. Qed.
Lemma dec_iff A B : A \/ ~ A -> B \/ ~ B -> (A <-> B) \/ ~ (A <-> B). Proof. tauto. Qed.
Ltac dec := repeat first [ apply dec_le | apply dec_lt | apply dec_ge | apply dec_gt | apply dec_eq | apply dec_and
  | apply dec_or | apply dec_iff | apply dec_not | apply dec_imp ].

Lemma contradiction A : A \/ ~ A -> (~ A -> False) -> A. Proof. tauto. Qed.
Lemma not_and A B : ~ (A /\ B) -> A \/ ~ A -> ~ A \/ (A /\ ~ B). Proof. tauto. Qed.
Lemma or_split A B : A \/ B -> A \/ ~ A -> A \/ (~ A /\ B). Proof. tauto. Qed.
Lemma not_or A B : ~ (A \/ B) -> ~ A /\ ~ B. Proof. tauto. Qed.
Lemma imp_split (A B : Prop) : (A -> B) -> A \/ ~ A -> ~ A \/ (A /\ B). Proof. tauto. Qed.
Lemma not_imp (A B : Prop) : ~ (A -> B) -> A \/ ~ A -> A /\ ~ B. Proof. tauto. Qed.
Lemma iff_split A B : (A <-> B) -> A \/ ~ A -> (A /\ B) \/ (~ A /\ ~ B). Proof. tauto. Qed.
Lemma not_iff A B : ~ (A <-> B) -> A \/ ~ A -> B \/ ~ B -> (A /\ ~ B) \/ (~ A /\ B). Proof. tauto. Qed.

Lemma square_pos x : x <> 0 -> 0 < x * x. Proof. intro H. apply (Rsqr_pos_lt x H). Qed.
Lemma fact_le l r K m g : l <= r -> 0 < m -> g = m * ((r - l) * (K * K)) -> 0 <= g.
Proof.
  intros H M E. rewrite E. apply Rmult_le_pos; [ lra |]. apply Rmult_le_pos; [ lra | apply (Rle_0_sqr K) ].
Qed.
Lemma fact_lt l r K m g : l < r -> K <> 0 -> 0 < m -> g = m * ((r - l) * (K * K)) -> 0 < g.
Proof.
  intros H N M E. rewrite E. apply Rmult_lt_0_compat; [ lra |].
  apply Rmult_lt_0_compat; [ lra | apply square_pos; exact N ].
Qed.
Lemma fact_eq l r K m g : l = r -> 0 < m -> g = m * ((r - l) * K) -> g = 0.
Proof. intros H M E. rewrite E, H. ring. Qed.
Lemma fact_ne l r K m g : l <> r -> K <> 0 -> 0 < m -> g = m * ((r - l) * K) -> g <> 0.
Proof.
  intros H N M E Z. rewrite E in Z. apply Rmult_integral in Z. destruct Z as [Z|Z]; [ lra |].
  apply Rmult_integral in Z. destruct Z as [Z|Z]; [ apply H; lra | exact (N Z) ].
Qed.
Lemma times_zero q g : g = 0 -> q * g = 0. Proof. intro H. rewrite H. ring. Qed.
Lemma plus_le a b : 0 < a -> 0 <= b -> 0 < a + b. Proof. lra. Qed.
Lemma plus_zero a b : 0 < a -> b = 0 -> 0 < a + b. Proof. lra. Qed.
Lemma vanishes a : 0 < a -> a = 0 -> False. Proof. lra. Qed.
Lemma negative p q : p <= 0 -> q = - p -> 0 <= q. Proof. lra. Qed.
Lemma integral z p q : p = IZR z -> q = p - 1 -> 0 < p -> 0 <= q.
Proof.
  intros E F H. rewrite F, E in *. apply lt_IZR in H. assert (G : (1 <= z)%Z) by lia. apply IZR_le in G. lra.
Qed.
Lemma named (t : R) : exists a, t = a. Proof. exists t. reflexivity. Qed.
Ltac integers := repeat first [ rewrite plus_IZR | rewrite minus_IZR | rewrite mult_IZR | rewrite opp_IZR ]; ring.
Ltac side := repeat split; first [ assumption | lra
  | (let E := fresh in intro E; match goal with D : _ <> 0 |- False => apply D; lra end)
  | (let E := fresh in intro E; match goal with D : _ <> 0 |- False => apply D; nra end) ].
