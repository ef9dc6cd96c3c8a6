Require Classical_Prop.
Ltac dec ::= apply Classical_Prop.classic.
Lemma not_forall (S : Type) (P : S -> Prop) : ~ (forall x, P x) -> exists x, ~ P x.
Proof. intro H. apply Classical_Prop.NNPP. intro N. apply H. intro x. apply Classical_Prop.NNPP. intro M. apply N. exists x. exact M. Qed.
Lemma not_exists (S : Type) (P : S -> Prop) : ~ (exists x, P x) -> forall x, ~ P x.
Proof. intros H x M. apply H. exists x. exact M. Qed.
